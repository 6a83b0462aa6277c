"""Which models there are. Providers are plugins, found by name and imported when they are wanted.

Anyone adds one by an entry point of the group `pickup.providers` whose target is a class that
keeps the contract of `pickup.providers.base.Provider`. Those that ship are in a table as well, so
that a checkout which was never installed has them.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from typing import TYPE_CHECKING, cast

from pickup.errors import PickupError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pickup.providers.base import Provider
    from pickup.providers.card import ModelCard

GROUP = "pickup.providers"
OFF_SWITCH = "PICKUP_NO_PLUGINS"
"""Set to anything but `0`, only the providers that ship are known."""

_BUILT_IN = {
    "animatic": "pickup.providers.animatic:AnimaticProvider",
    "openai-videos": "pickup.providers.openai_videos:OpenAIVideosProvider",
    "gemini": "pickup.providers.gemini:GeminiProvider",
    "veo": "pickup.providers.veo:VeoProvider",
    "comfyui": "pickup.providers.comfyui:ComfyUIProvider",
    "diffusers": "pickup.providers.diffusers:DiffusersProvider",
    "openrouter": "pickup.providers.openrouter:OpenRouterProvider",
    "fal": "pickup.providers.fal:FalProvider",
}
_METHODS = ("cards", "submit", "poll", "fetch", "cancel", "find")

# What a stranger's module may raise while it is imported and its class made; SystemExit because
# a script that was registered by mistake must not end the program.
_BREAKAGE = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, OSError),
    *(RuntimeError, SyntaxError, SystemExit, TypeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class ProviderRef:
    """A provider that is known and not yet imported.

    Attributes:
        name: its key, the part before `:` in a model's name.
        target: `module:Class`.
        distribution: the installed package that brought it; empty for those that ship.
    """

    name: str
    target: str
    distribution: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A provider that was skipped, and why, as one sentence."""

    name: str
    reason: str


def providers() -> dict[str, ProviderRef]:
    """Every provider by name, those that ship first; nothing is imported.

    Raises:
        RequestError: two packages bring different providers of one name.
    """
    known: dict[str, ProviderRef] = {}
    for ref in _refs():
        other = known.setdefault(ref.name, ref)
        if other.target != ref.target:
            raise RequestError(
                f"Two packages bring a provider called “{ref.name}”: {_origin(other)} and "
                f"{_origin(ref)}. Uninstall one of them, or set {OFF_SWITCH}=1."
            )
    return known


def load(name: str) -> Provider:
    """The provider called `name`, imported and made now.

    Raises:
        RequestError: no provider has that name, or it is broken; the message says which.
    """
    known = providers()
    if name not in known:
        raise RequestError(f"No provider is called “{name}”. {_known('Pickup has', name, known)}")
    ref = known[name]
    try:
        return _made(ref)
    except _BREAKAGE as error:
        raise RequestError(_broken(ref, error)) from error


def load_all() -> tuple[dict[str, Provider], list[Problem]]:
    """Every provider that works, and those that do not; a broken one never stops the others."""
    working: dict[str, Provider] = {}
    problems: list[Problem] = []
    for name in providers():
        try:
            working[name] = load(name)
        except PickupError as error:
            problems.append(Problem(name, str(error)))
    return working, problems


def resolve_model(text: str, *, today: date | None = None) -> tuple[Provider, ModelCard]:
    """The provider and model meant by `provider:model`, or by a provider alone.

    A provider alone means its first active model.

    Raises:
        RequestError: there is no such provider or model, or the model is retired; the message
            lists what there is and names the successor.
    """
    name, _, wanted = text.strip().partition(":")
    day = today or date.today()
    provider = load(name)
    card = card_of(provider, wanted) if wanted else _default(name, provider.cards(), day)
    if card.retired_on(day):
        raise RequestError(card.farewell(_usable(name, provider.cards(), day)))
    return provider, card


def _refs() -> Iterator[ProviderRef]:
    for name, target in _BUILT_IN.items():
        yield ProviderRef(name, target)
    if os.environ.get(OFF_SWITCH, "0") in ("", "0"):
        for entry in sorted(metadata.entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
            distribution = entry.dist.name if entry.dist else ""
            yield ProviderRef(entry.name, entry.value.replace(" ", ""), distribution)


def _made(ref: ProviderRef) -> Provider:
    made = metadata.EntryPoint(ref.name, ref.target, GROUP).load()()
    missing = [method for method in _METHODS if not callable(getattr(made, method, None))]
    if missing:
        raise TypeError(f"it has no {', '.join(missing)}")
    if getattr(made, "name", None) != ref.name:
        raise TypeError(f"it calls itself {getattr(made, 'name', None)!r}")
    return cast("Provider", made)


def _broken(ref: ProviderRef, error: BaseException) -> str:
    cause = " ".join(str(error).split()) or type(error).__name__
    cure = f"Update or uninstall {ref.distribution}" if ref.distribution else "Reinstall Pickup"
    return f"The provider “{ref.name}” ({_origin(ref)}) cannot be loaded: {cause}. {cure}."


def _origin(ref: ProviderRef) -> str:
    return f"{ref.target} of {ref.distribution}" if ref.distribution else ref.target


def card_of(provider: Provider, wanted: str) -> ModelCard:
    """The card of a model; a provider that takes models it does not list makes one for it."""
    maker = getattr(provider, "card", None)
    if callable(maker):
        return cast("ModelCard", maker(wanted))
    ids = []
    for card in provider.cards():
        if card.id == wanted:
            return card
        ids.append(card.id)
    name = provider.name
    raise RequestError(f"{name} has no model “{wanted}”. {_known('It has', wanted, ids)}")


def preferred(cards: Iterable[ModelCard], day: date) -> ModelCard | None:
    """What a provider alone means: the first that films and is active, else what comes next.

    Where all are gone that is the first of them: it says what to do.
    """

    def rank(card: ModelCard) -> tuple[bool, bool, bool]:
        return card.retired_on(day), not card.films, card.status != "active"

    return min(cards, key=rank, default=None)


def _default(name: str, cards: Sequence[ModelCard], day: date) -> ModelCard:
    card = preferred(cards, day)
    if card is not None:
        return card
    raise RequestError(f"{name} offers no model now. “pickup models” lists what there is.")


def _usable(name: str, cards: Sequence[ModelCard], day: date) -> str:
    alive = [card.id for card in cards if not card.retired_on(day)]
    listed = _known(f"{name} has", "", alive) if alive else "“pickup models” lists what there is."
    return listed.rstrip(".")


def _known(lead: str, wanted: str, names: Iterable[str]) -> str:
    """“Pickup has a, b and c; did you mean b?”."""
    listed = sorted(names)
    close = difflib.get_close_matches(wanted, listed, n=1)
    text = ", ".join(listed) or "none"
    return f"{lead} {text}; did you mean {close[0]}?" if close else f"{lead} {text}."
