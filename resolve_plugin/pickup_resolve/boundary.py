"""The one way to Resolve: every call returns a value of its kind, or raises a named error.

Resolve's scripting interface answers None for failures and for empty lists alike, numbers as
floats, True without effect, and objects that do not exist. Here lists are lists, dictionaries are
dictionaries and frames are whole; whether a call had its effect, only reading back can tell, and
that is the caller's work. `resolve` objects are neither hashable nor comparable: their
`GetUniqueId` is what they are known by.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pickup_resolve.errors import ResolveCallError
from pickup_resolve.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Batch = Callable[[Sequence[tuple[Any, str]]], list[Any]]

T = TypeVar("T")
K = TypeVar("K", bound="Thing")

_AT_ONCE = 500
"""Objects asked in one go: Resolve's own window stands still meanwhile."""

# What the library raises on objects that are gone, names that its build does not have, a bridge
# that was closed, and a Resolve that does not answer.
_BREAKAGE = (
    *(AttributeError, EOFError, LookupError, OSError, RuntimeError, SystemError),
    *(TypeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class Build:
    """Product and version of a Resolve.

    Attributes:
        product: `DaVinci Resolve` or `DaVinci Resolve Studio`.
        version: major, minor, patch, build; empty while it is not known.
    """

    product: str = "DaVinci Resolve"
    version: tuple[int, ...] = ()

    @property
    def ends_inclusive(self) -> bool:
        """Whether the `endFrame` of an append is the last frame shown, as before version 19."""
        return bool(self.version) and self.version < (19,)

    def __str__(self) -> str:
        return f"{self.product} {'.'.join(map(str, self.version))}".strip()


class Boundary:
    """Calls Resolve, and counts it.

    Args:
        batch: does many calls without arguments in one go, where a call has a long way.
        patience: seconds to wait for a call; 0 for a way that keeps its own time.

    Attributes:
        build: which Resolve this is, for messages and for what differs between versions.
        calls: how often each method was called.
    """

    def __init__(self, batch: Batch | None = None, patience: float = 0.0) -> None:
        self.build = Build()
        self.calls: Counter[str] = Counter()
        self._batch = batch or _one_by_one
        self._patience = Patience(patience) if patience else None

    def rows(self, things: Sequence[Thing], *methods: str) -> list[list[Any]]:
        """The bare answers of some getters, for each of many objects.

        Raises:
            ResolveCallError: as of `call`.
        """
        found = []
        for begin in range(0, len(things), _AT_ONCE):
            some = things[begin : begin + _AT_ONCE]
            self.calls.update({method: len(some) for method in methods})
            calls = [(one.raw, method) for one in some for method in methods]
            answers = self._do(", ".join(methods), (), partial(self._batch, calls))
            wide = len(methods)
            found += [answers[i : i + wide] for i in range(0, len(answers), wide)]
        return found

    def call(self, raw: Any, method: str, *arguments: Any) -> Any:
        """The bare answer of a call.

        Raises:
            ResolveCallError: the object or the method is not there, or Resolve does not answer.
        """
        self.calls[method] += 1
        plain = [_bare(argument) for argument in arguments]
        return self._do(method, arguments, lambda: getattr(raw, method)(*plain))

    def names(self, raw: Any) -> list[str]:
        """What an object has; raises as `call`."""
        return self._do("dir", (raw,), lambda: dir(raw))

    def constant(self, raw: Any, name: str) -> Any:
        """A constant of this session, or None where the build has none; raises as `call`."""
        # Whether `dir` lists constants is not written down.
        return self._do(name, (), lambda: getattr(raw, name, None))

    def _do(self, method: str, arguments: tuple[Any, ...], call: Callable[[], T]) -> T:
        try:
            return call() if self._patience is None else self._patience.do(call)
        except _BREAKAGE as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise self.error(method, arguments, reason) from error

    def error(self, method: str, arguments: tuple[Any, ...], reason: str) -> ResolveCallError:
        return ResolveCallError(method, arguments, str(self.build), reason)


def _one_by_one(calls: Sequence[tuple[Any, str]]) -> list[Any]:
    return [getattr(raw, method)() for raw, method in calls]


def whole(value: Any) -> int | None:
    """A number of frames as a whole one; a float is one that Resolve has put so."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return round(number) if math.isfinite(number) else None


def _bare(value: Any) -> Any:
    """The same without our wrappers, in lists and dictionaries as well."""
    if isinstance(value, Thing):
        return value.raw
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items()}
    return value


class Thing:
    """An object of Resolve. Its subclasses in `api` name the calls that we use.

    Attributes:
        raw: Resolve's own object, or a stand-in across the bridge.
    """

    __slots__ = ("boundary", "raw")

    def __init__(self, boundary: Boundary, raw: Any) -> None:
        self.boundary = boundary
        self.raw = raw

    def can(self, method: str) -> bool:
        """Whether this build has a method; `hasattr` says yes to any name."""
        return method in self.boundary.names(self.raw)

    def _call(self, method: str, *arguments: Any) -> Any:
        return self.boundary.call(self.raw, method, *arguments)

    def _flag(self, method: str, *arguments: Any) -> bool:
        return bool(self._call(method, *arguments))

    def _text(self, method: str, *arguments: Any) -> str:
        value = self._call(method, *arguments)
        return "" if value is None else str(value)

    def _frame(self, method: str, *arguments: Any) -> int:
        """A whole number of frames.

        Raises:
            ResolveCallError: it is no number.
        """
        found = self._frame_or_none(method, *arguments)
        if found is None:
            raise self.boundary.error(method, arguments, "it answered no number")
        return found

    def _frame_or_none(self, method: str, *arguments: Any) -> int | None:
        return whole(self._call(method, *arguments))

    def _list(self, method: str, *arguments: Any) -> list[Any]:
        """The elements that are there: None for an empty list, and in lists for what failed."""
        value = self._call(method, *arguments)
        if isinstance(value, dict):  # the older getters' form, numbered from 1.0
            value = [
                value[key] for key in sorted(key for key in value if isinstance(key, int | float))
            ]
        return [one for one in value if one is not None] if isinstance(value, list | tuple) else []

    def _dict(self, method: str, *arguments: Any) -> dict[Any, Any]:
        value = self._call(method, *arguments)
        return value if isinstance(value, dict) else {}

    def _maybe(self, kind: type[K], method: str, *arguments: Any) -> K | None:
        value = self._call(method, *arguments)
        return None if value is None else kind(self.boundary, value)

    def _thing(self, kind: type[K], method: str, *arguments: Any) -> K:
        """An object that must be there.

        Raises:
            ResolveCallError: it is not.
        """
        found = self._maybe(kind, method, *arguments)
        if found is None:
            raise self.boundary.error(method, arguments, "it answered nothing")
        return found

    def _things(self, kind: type[K], method: str, *arguments: Any) -> list[K]:
        return [kind(self.boundary, one) for one in self._list(method, *arguments)]
