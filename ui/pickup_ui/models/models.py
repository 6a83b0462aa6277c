"""The models that can be chosen, and what each can do for one gap and costs there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pickup.errors import PickupError
from pickup_ui.qt import QObject, Signal
from pickup_ui.strings import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from pickup.providers.base import Rewords
    from pickup.providers.card import ModelCard
    from pickup.shots.request import ShotRequest
    from pickup_ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Offer:
    """What a model would do for one shot.

    Attributes:
        model: its full name, `provider:id`.
        problems: why it cannot; empty if it can.
        notes: what it leaves out.
        price_each: USD a take, None where nobody knows.
        can: what it binds and makes, in a few words.
        sent: the prompt as the provider gets it.
        keyed: a key was found, or none is needed.
    """

    model: str
    local: bool
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    price_each: Decimal | None = None
    can: str = ""
    sent: str = ""
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every model there is, and who can be used.

    Attributes:
        cards: by full name.
        keyed: providers with a key, or that need none.
        remote: providers that a key can be given to.
        reword: those that say more than a shot's own words.
    """

    cards: dict[str, ModelCard] = field(default_factory=dict)
    keyed: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    reword: Mapping[str, Rewords] = field(default_factory=dict)


class Models(QObject):
    """The catalog, read off the UI thread.

    Signals:
        changed: it was read, or read anew.
        changed_offers: what `work_out` was asked for is known.
    """

    changed = Signal()
    changed_offers = Signal()

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.catalog = Catalog()
        self._defaults: dict[tuple[int, bool, bool], str] = {}
        self._offers: dict[str, tuple[ShotRequest, Offer]] = {}
        self._busy = False

    def read(self) -> None:
        self._tasks.run(read_catalog, self._arrived)

    def _arrived(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._defaults.clear()
        self._offers.clear()
        self.changed.emit()

    def offer(self, shot: ShotRequest, model: str = "") -> Offer:
        """What `model`, or the shot's own, would do for it."""
        if model:
            return self._offer(shot, model)
        known = self._offers.get(shot.id)
        # A request is a frozen value: the same object is the same question.
        if known is None or known[0] is not shot:
            known = self._offers[shot.id] = (shot, self._offer(shot, shot.model))
        return known[1]

    def known(self, shot: ShotRequest) -> Offer | None:
        """The offer for a shot, if it has been worked out already."""
        known = self._offers.get(shot.id)
        return known[1] if known is not None and known[0] is shot else None

    def work_out(self, shots: Sequence[ShotRequest]) -> None:
        """Work out many offers off the UI thread; `changed_offers` follows."""
        if self._busy or not self.catalog.cards:
            return
        self._busy = True

        def all_of_them() -> list[tuple[ShotRequest, Offer]]:
            return [(shot, self._offer(shot, shot.model)) for shot in shots]

        catalog = self.catalog

        def arrived(offers: list[tuple[ShotRequest, Offer]]) -> None:
            self._busy = False
            if catalog is self.catalog:  # What was read anew meanwhile has other prices.
                self._offers.update({shot.id: (shot, offer) for shot, offer in offers})
            self.changed_offers.emit()

        def failed(sentence: str) -> None:
            self._busy = False
            self._tasks.failed.emit(sentence)

        self._tasks.run(all_of_them, arrived, failed, lane="offers")

    def _offer(self, shot: ShotRequest, wanted: str) -> Offer:
        card = self.card(wanted, shot)
        if card is None:
            if not self.catalog.cards:
                return Offer(wanted, local=True, can=tr("Reading the catalog …"))
            return Offer(
                wanted, local=False, problems=(tr("No model is called “{name}”.", name=wanted),)
            )
        from pickup.providers.catalog import check, notes
        from pickup.providers.catalog.fit import estimate_shot

        seen = with_frames(shot)
        prefix = f"{shot.id}: "
        return Offer(
            model=card.name,
            local=card.local,
            problems=tuple(p.removeprefix(prefix) for p in check(card, seen)),
            notes=tuple(n.removeprefix(prefix) for n in notes(card, seen)),
            price_each=estimate_shot(card, seen.model_copy(update={"takes": 1})),
            can=ability(card),
            sent=as_sent(card, seen, self.catalog.reword.get(card.provider)),
            keyed=card.provider in self.catalog.keyed,
        )

    def card(self, name: str, shot: ShotRequest) -> ModelCard | None:
        cards = self.catalog.cards
        name = name or self._default(shot)
        if name in cards:
            return cards[name]
        from pickup.providers.registry import preferred

        return preferred((c for c in cards.values() if c.provider == name), date.today())

    def _default(self, shot: ShotRequest) -> str:
        """As the order would choose; remembered by what the choice depends on."""
        from pickup.fill.ordering import Models as Offers

        seen = with_frames(shot)
        key = (shot.frames, bool(shot.first_frame), bool(shot.last_frame))
        # Asked by two threads, and emptied between: what was found is not looked up again.
        found = self._defaults.get(key)
        if found is None:
            try:
                found = Offers().default(seen)
            except PickupError:
                found = "animatic"
            self._defaults[key] = found
        return found


def read_catalog() -> Catalog:
    """All models of all providers that work, and for which there is a key. An op."""
    import pickup.fill.ordering  # noqa: F401  so that the first offer finds it imported
    from pickup.providers.base import Rewords
    from pickup.providers.ready import lacking
    from pickup.providers.registry import load_all

    working, problems = load_all()
    cards: dict[str, ModelCard] = {}
    keyed = set()
    failed = [f"{p.name}: {p.reason}" for p in problems]
    for name, provider in working.items():
        if not lacking(name):
            keyed.add(name)
        try:
            cards |= {card.name: card for card in provider.cards()}
        except PickupError as error:
            failed.append(f"{name}: {error}")
    remote = sorted(name for name, provider in working.items() if not provider.local)
    reword = {name: one for name, one in working.items() if isinstance(one, Rewords)}
    return Catalog(cards, frozenset(keyed), tuple(failed), tuple(remote), reword)


def with_frames(shot: ShotRequest) -> ShotRequest:
    """The shot as it will be when its reference frames are extracted, for checks before that."""
    update = {}
    for name in ("first_frame", "last_frame"):
        ref = getattr(shot, name)
        if ref is not None and ref.path and not ref.reason and not ref.file:
            update[name] = ref.model_copy(update={"file": f"frames/{shot.id}.png"})
    return shot.model_copy(update=update) if update else shot


def ability(card: ModelCard) -> str:
    """What a model binds and makes, in a few words."""
    frames = {
        (True, True): tr("joins both frames"),
        (True, False): tr("joins the first frame"),
        (False, True): tr("joins the last frame"),
        (False, False): tr("joins no frame"),
    }
    parts = [frames[card.first_frame, card.last_frame]]
    longest = max(card.durations, default=card.max_seconds)
    parts.append(tr("any length") if not longest else tr("up to {n:g} s", n=longest))
    if card.audio:
        parts.append(tr("sound"))
    parts.append(tr("keeps the seed") if card.seed else tr("no seed"))
    return ", ".join(parts)


def as_sent(card: ModelCard, shot: ShotRequest, reword: Rewords | None = None) -> str:
    """The prompt as this model's provider gets it, with what goes beside it in a field of its own.

    Args:
        shot: with its frames, as it will be ordered.
        reword: the provider, where it says more than the words.
    """
    from pickup.providers.catalog import frames_taken, pictures_taken

    text = shot.text
    if reword is not None:
        text = reword.reworded(text, frames_taken(card, shot), len(pictures_taken(card, shot)))
    if shot.negative and card.negative:
        text += "\n" + tr("Not: {negative}", negative=shot.negative)
    return text
