"""Which takes are wanted, which are there already, and what the others will cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.fill.choices import without_standing
from pickup.fill.conforming import fits
from pickup.fill.prepare import frame_file, picture_file
from pickup.fill.takes import Take, read_takes
from pickup.fill.values import Bill
from pickup.home import settings
from pickup.jobs.budget import estimate
from pickup.jobs.orders import SENT, TakeOrder
from pickup.providers import catalog
from pickup.providers.addresses import is_private
from pickup.providers.catalog import (
    binds_last,
    change_of,
    check,
    choose_default,
    estimate_shot,
    notes,
    pictures_taken,
    too_old,
)
from pickup.providers.ready import ready_providers
from pickup.providers.registry import load, providers, resolve_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from pickup.cut.model import Cut
    from pickup.fill.folder import PickupFolder
    from pickup.fill.prepare import PlannedCut
    from pickup.fill.values import Retake
    from pickup.media.spec import Deliver
    from pickup.providers.base import Provider
    from pickup.providers.card import ModelCard
    from pickup.shots.request import ShotRequest

LAST_RESORT = "animatic"
"""What films where there is no key: it costs nothing and is always there."""


class Models:
    """The models that shots are to be made by, each looked up once: 200 shots have the same."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Provider, ModelCard]] = {}

    def named(self, name: str) -> tuple[Provider, ModelCard]:
        """Raises `RequestError` where there is no such model, or no longer."""
        if name not in self._known:
            self._known[name] = resolve_model(name)
        return self._known[name]

    def default(self, shot: ShotRequest) -> str:
        """The user's own choice, else what the shot needs of the services with a key."""
        chosen, keyed = self._offers
        if chosen or not keyed:
            return chosen or LAST_RESORT
        cards = [*load(LAST_RESORT).cards(), *catalog.cards()]
        return choose_default(shot, [LAST_RESORT, *keyed], cards=cards).name

    @cached_property
    def _offers(self) -> tuple[str, list[str]]:
        chosen = str(settings().get("model", ""))
        keyed = [] if chosen else [name for name in ready_providers() if name in providers()]
        return chosen, keyed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A take wanted for a shot: one that lies in the folder already, or an order for one.

    Attributes:
        older: numbers of the takes that the shot had before.
    """

    cut: Cut
    shot: ShotRequest
    ready: Take | None = None
    order: TakeOrder | None = None
    provider: Provider | None = None
    card: ModelCard | None = None
    older: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Wants:
    """What a sequence needs.

    Attributes:
        refused: why a shot cannot be had of its model, by its id; nothing was sent.
        notes: what a model will leave out, as sentences.
    """

    takes: list[Wanted] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def wanted_takes(
    planned: PlannedCut, folder: PickupFolder, deliver: Deliver, retake: Retake | None = None
) -> Wants:
    """The takes of every shot of a sequence.

    A take made before from the same request is used again. Where the request has changed, the new
    take gets a number of its own, and the old one stays.

    Raises:
        RequestError: a model is not known, or retired.
    """
    wants, models = Wants(), Models()
    for shot in planned.shots:
        takes = {take.record.take: take for take in read_takes(folder, shot.id)}
        mine = retake if retake is not None and retake.shot == shot.id else None
        older = takes.get(mine.of) if mine else None
        made_by = f"{older.record.provider}:{older.record.model}" if older else ""
        provider, card = models.named(shot.model or made_by or models.default(shot))
        problems = check(card, shot, filming=older is None)
        if problems:
            wants.refused[shot.id] = problems[0].removeprefix(f"{shot.id}: ")
            continue
        try:
            change = _change(card, shot, mine, older)
        except RequestError as error:
            wants.refused[shot.id] = str(error)
            continue
        wants.notes.extend([] if provider.name == LAST_RESORT else notes(card, shot))
        if older is not None and change:
            wants.notes.extend(too_old(card, shot, older.record.created))
        pictures = [i for i in pictures_taken(card, shot) if picture_file(i, folder).is_file()]
        # The model is part of what is asked for, whether the user named it or not.
        shot = shot.model_copy(update={"model": card.name})
        for number in _numbers(shot, takes, mine):
            ready = takes.get(number)
            if ready is not None and fits(ready, shot, planned.cut, folder, deliver):
                wants.takes.append(Wanted(planned.cut, shot, ready=ready))
                continue
            source, how = older.order if older else "", change
            if ready is not None:
                source, how = ready.made_from, ready.made_by
            order = TakeOrder(
                request=shot,
                model=card.name,
                take=number,
                first_frame=frame_file(shot.first_frame, folder),
                last_frame=frame_file(shot.last_frame, folder),
                pictures=tuple(picture_file(image, folder) for image in pictures),
                cut=folder.root.name,
                source=source,
                change=how,
            )
            wants.takes.append(
                Wanted(planned.cut, shot, None, order, provider, card, frozenset(takes))
            )
    return wants


def _change(card: ModelCard, shot: ShotRequest, retake: Retake | None, older: Take | None) -> str:
    """How the new take is made from the older one; empty where it is filmed.

    Raises:
        RequestError: the model cannot.
    """
    if retake is None or older is None:
        return ""
    have = int((older.frames - older.head) * shot.rate / older.rate)
    return str(change_of(card, shot, retake.change, maker=older.record.provider, have=have))


def _numbers(shot: ShotRequest, takes: Mapping[int, Take], retake: Retake | None) -> list[int]:
    """The numbers of the takes wanted: those made of this very request, then new ones."""
    identity = shot.sha256()
    same = [
        number
        for number, take in takes.items()
        if (take.record.gap, take.record.request_sha256) == (shot.gap.id, identity)
    ]
    # One more is one more, also where its words make it a request of its own.
    new = 1 if retake else max(shot.takes - len(same), 0)
    highest = max(takes, default=0)
    return same + [highest + i for i in range(1, new + 1)]


def bill(wanted: Sequence[Wanted]) -> Bill:
    """What will be spent and sent, of the takes that no local model makes.

    An order that has left before, in a run that was cut short, is neither paid nor sent again.
    """
    lines, uploads, services, rules = [], [], [], []
    away = [take for take in wanted if take.order and take.provider and not take.provider.local]
    before = _sent_before(away)
    for take in away:
        assert take.order is not None
        assert take.provider is not None
        assert take.card is not None
        if take.order.key in before:
            continue
        name = f"{take.shot.id} take {take.order.take}"
        lines.append((name, take.card.name, _price(take)))
        uploads.append(f"{take.shot.id}: {_sent(take)} go to {take.provider.name}")
        services.append(take.provider.name)
        rules += [f"{take.card.name}: {rule}" for rule in take.card.upload_rules]
    once = [tuple(dict.fromkeys(said)) for said in (uploads, services, rules)]
    return Bill(tuple(lines), *once)


def _sent(take: Wanted) -> str:
    """What a take's order takes with it, as an editor would say it."""
    assert take.order is not None
    assert take.card is not None
    before = take.card.first_frame and take.order.first_frame is not None
    after = take.order.last_frame is not None and binds_last(take.card, take.shot)
    # Of a take that is made from an older one, the older one lies at the service already.
    frames = (("the frame before", before), ("the frame after", after))
    parts = ["its words", *(name for name, sent in frames if sent and not take.order.source)]
    shown = zip(take.shot.pictures, take.order.pictures, strict=False)
    parts += [image.name for image, _ in shown]
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]


def _sent_before(wanted: Sequence[Wanted]) -> set[str]:
    """The orders among them that the book knows to have left."""
    if not wanted:
        return set()
    from pickup.jobs.ledger import Ledger

    keys = [take.order.key for take in wanted if take.order is not None]
    with Ledger.open() as ledger:
        return {record.key for record in ledger.list(keys=keys, states=SENT)}


def foreseen(
    planned: Sequence[PlannedCut], folder: PickupFolder, deliver: Deliver
) -> tuple[str, ...]:
    """What filming these plans will cost and send, for a person who reads them beforehand."""
    wants = [wanted_takes(without_standing(cut, folder), folder, deliver) for cut in planned]
    cost = bill([take for want in wants for take in want.takes])
    refused = [f"{shot}: {why}" for want in wants for shot, why in want.refused.items()]
    left_out = [note for want in wants for note in want.notes]
    money = [f"Filming this will cost {cost}."] if cost.lines else []
    uploads = [f"Upload: {line}." for line in cost.uploads]
    return (*money, *uploads, *cost.rules, *left_out, *refused)


def _price(take: Wanted) -> Decimal | None:
    """USD at the most; None where nobody knows. What runs on the user's own server is free."""
    assert take.card is not None
    assert take.order is not None
    address = str(getattr(take.provider, "base", ""))
    own = bool(address) and is_private(address)
    if own or estimate_shot(take.card, take.shot) is not None:
        return estimate(take.card, take.shot, take.order.change)
    return None


def check_retake(retake: Retake, planned: Sequence[PlannedCut], folder: PickupFolder) -> None:
    """Raises `RequestError` when the shot to retake, or the take to make it from, is not there."""
    shots = [shot.id for cut in planned for shot in cut.shots]
    if retake.shot not in shots:
        known = ", ".join(shots) or "none"
        raise RequestError(f"There is no shot “{retake.shot}” to retake; this cut has {known}.")
    numbers = [take.record.take for take in read_takes(folder, retake.shot)]
    if retake.of and retake.of not in numbers:
        known = ", ".join(map(str, numbers)) or "none"
        raise RequestError(f"Shot {retake.shot} has no take {retake.of}; it has {known}.")
