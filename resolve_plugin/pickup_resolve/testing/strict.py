"""How the fake holds callers to the documented interface: names, arity, types, versions."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pickup_resolve.testing.lies import Lie

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_resolve.testing.program import FakeResolve

F = TypeVar("F", bound="Callable[..., Any]")
_serial = itertools.count(1)


class Optional:
    """A parameter that may be left out."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind


class FakeObject:
    """What all objects share: an id, no hash, and an equality that says nothing.

    Attributes:
        world: the program that it belongs to.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, world: FakeResolve) -> None:
        self._world = world
        self._id = f"{type(self).__name__.lower()}-{next(_serial):06d}"

    def __eq__(self, other: object) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        if name[0].isupper() and self._is(Lie.ANY_NAME_IS_CALLABLE):
            return lambda *_: None
        if name[0].isupper() and self._is(Lie.ANY_NAME_IS_THERE):
            return None
        raise AttributeError(f"{type(self).__name__} has no {name}")

    def __dir__(self) -> list[str]:
        """Without what the version has not; Resolve's `hasattr` says yes to any name."""
        kind = type(self)
        return [
            name
            for name in object.__dir__(self)
            if getattr(getattr(kind, name, None), "api", ((),) * 4)[3] <= self._world.version
        ]

    def _is(self, *lies: Lie) -> bool:
        return any(lie in self._world.lies for lie in lies)

    def _listed(self, values: list[Any]) -> Any:
        return None if not values and self._is(Lie.NONE_LISTS) else values

    def _number(self, value: int) -> float | int:
        return float(value) if self._is(Lie.FLOAT_NUMBERS) else value

    def _done(self, effect: Callable[[], object]) -> bool:
        """The answer of a setter, whose effect may not come with it."""
        if self._is(Lie.TRUE_WITHOUT_EFFECT):
            return True
        effect()
        return not self._is(Lie.FALSE_THOUGH_DONE)


def api(*kinds: Any, since: tuple[int, ...] = (18,), studio: bool = False) -> Callable[[F], F]:
    """A method of Resolve: positional arguments of these kinds, counted, from a version on."""
    needed = sum(not isinstance(kind, Optional) for kind in kinds)

    def decorate(function: F) -> F:
        name = function.__name__

        @functools.wraps(function)
        def call(self: Any, *arguments: Any) -> Any:
            world: FakeResolve = vars(self).get("_world", self)
            world.called(name)
            if world.gone:
                return None
            if world.version < since:
                raise AttributeError(f"{name} came with {since}, and this is {world.version}")
            if studio and not world.studio:
                world.modal = f"{name} needs DaVinci Resolve Studio"
                return None
            if not needed <= len(arguments) <= len(kinds):
                raise TypeError(f"{name} takes {needed} to {len(kinds)}, got {len(arguments)}")
            for kind, value in zip(kinds, arguments, strict=False):
                _check(name, kind.kind if isinstance(kind, Optional) else kind, value)
            return function(self, *arguments)

        call.api = (name, needed, len(kinds), since)  # type: ignore[attr-defined]
        return cast("F", call)

    return decorate


def _check(name: str, kind: Any, value: Any) -> None:
    wanted = kind if isinstance(kind, tuple) else (kind,)
    right = isinstance(value, wanted)
    if isinstance(value, bool) and bool not in wanted:
        right = False
    if not right:
        raise TypeError(f"{name} does not take {value!r} of type {type(value).__name__}")
