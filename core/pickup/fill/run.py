"""`fill`, step by step: read, plan, agree, order, conform, place, report.

Each step can be the last one before a crash. What a later run finds done, in the ledger and in the
folder, it does not do again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pickup.cut.files import pick_cuts
from pickup.cut.gaps import find_gaps
from pickup.errors import BudgetError, MediaError, PlanError, RequestError
from pickup.fill.chains import prepare, rounds
from pickup.fill.choices import hold_to, without_standing
from pickup.fill.conforming import conform_take, noticeable
from pickup.fill.folder import PickupFolder
from pickup.fill.ordering import Wanted, bill, check_retake, wanted_takes
from pickup.fill.placing import filled_shots, placements, retakes_in
from pickup.fill.prepare import (
    PlannedCut,
    extract_frames,
    follow_plan,
    known_names,
    names_by_place,
    plan_cut,
)
from pickup.fill.splitting import split_long
from pickup.fill.takes import choose
from pickup.fill.values import FillOptions, FillResult, Watcher, sentences
from pickup.hosts.base import Foresees, ShowsFrames, wants_of
from pickup.jobs.budget import limits
from pickup.jobs.orders import OrderState
from pickup.shots.plan import Plan, read_plan, write_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pickup.cut.gap import Gap
    from pickup.cut.model import CutFile
    from pickup.fill.takes import Take
    from pickup.fill.values import Bill
    from pickup.hosts.base import Host
    from pickup.jobs.money import Limits
    from pickup.jobs.orders import OrderEvent, OrderRecord


MOST_SHOTS = 10_000
"""Far above any film: a cut with more was not made by an editor, and would fill the disk."""


def fill(host: Host, options: FillOptions, watcher: Watcher) -> FillResult:
    """Fill the gaps of a host's cut.

    Raises:
        PickupError: nothing could be done; whatever had been paid for is kept for the next run.
    """
    folder = PickupFolder.of(host.cut_path)
    document = host.read()
    planned, slips = make_plans(document, folder, options, wants_of(host))
    failed = {shot: why for cut in planned for shot, why in cut.refused.items()}
    notes = [*document.notes, *(note for cut in planned for note in cut.notes)]
    if not any(cut.shots for cut in planned):
        return FillResult(failed=failed, slips=slips, notes=sentences(notes))
    if isinstance(host, Foresees):
        host.foresee(document, [cut.index for cut in planned if cut.shots], options.deliver)
    planned = with_frames(planned, folder, watcher, host)
    if not options.retake:
        keep_plan(whole_plan(host, planned), folder, options.plan)
    _order(planned, folder, options, watcher, failed, notes)
    filled = filled_shots(planned, folder, failed)
    written = host.write(document, placements(planned, filled, folder))
    failed |= written.failed
    filled = [one for one in filled if one.shot.id not in written.failed]
    result = FillResult(
        written.path,
        folder.report,
        tuple(filled),
        failed,
        slips,
        sentences([*notes, *written.notes]),
    )
    if filled:
        from pickup.fill.report import write_report

        write_report(document, result, folder)
    return result


def make_plans(
    document: CutFile,
    folder: PickupFolder,
    options: FillOptions,
    wants: Callable[[Gap], bool] = lambda _: True,
) -> tuple[list[PlannedCut], int]:
    """The shots of every sequence asked for, and how many holes were too short.

    Args:
        wants: gaps for which it is false are left alone.
    """
    edited = read_plan(options.plan) if options.plan else None
    planned: list[PlannedCut] = []
    slips, known = 0, known_names(folder)
    for cut in pick_cuts(document, options.sequence):
        index = document.cuts.index(cut)
        report = find_gaps(cut, options.gaps)
        gaps = [gap for gap in report.gaps if wants(gap)]
        if len(gaps) > MOST_SHOTS:
            raise RequestError(
                f"{document.path.name}: “{cut.name}” has {len(gaps)} gaps to fill, and one "
                f"run makes at most {MOST_SHOTS} shots. Take longer ones alone by --min-frames."
            )
        slips += report.slips
        if edited is None:
            name = document.path.name
            known |= names_by_place(folder, cut, gaps, known)
            whole = plan_cut(index, cut, name, gaps, options.shots, known)
            planned.append(split_long(whole))
            known |= {shot.gap.id: shot.id for shot in planned[-1].shots}
        elif not edited.sequence or edited.sequence == cut.name:
            planned.append(follow_plan(index, cut, gaps, edited))
    if edited is not None and not planned:
        raise RequestError(
            f"The plan is of the sequence “{edited.sequence}”, which {document.path.name} has not; "
            "make a new one with “pickup plan”."
        )
    if options.retake:
        planned = retakes_in(document, folder, planned, options.retake)
        check_retake(options.retake, planned, folder)
    return planned, slips


def with_frames(
    planned: Sequence[PlannedCut], folder: PickupFolder, watcher: Watcher, host: Host
) -> list[PlannedCut]:
    """The same plans with every reference frame extracted, or shown by the host."""
    what = "Reference frames"
    watcher.begin(what, sum(len(cut.shots) for cut in planned))
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        watcher.advance(what, done)

    shows = host if isinstance(host, ShowsFrames) else None
    return [extract_frames(cut, folder, one_more, shows) for cut in planned]


def whole_plan(host: Host, planned: Sequence[PlannedCut], foreseen: Sequence[str] = ()) -> Plan:
    """One plan of all that will be filled, with what is `foreseen` among its notes."""
    shots = tuple(shot for cut in planned for shot in cut.shots)
    sequence = planned[0].cut.name if len(planned) == 1 else ""
    notes = sentences([*(note for cut in planned for note in cut.notes), *foreseen])
    return Plan(cut=host.cut_path.name, sequence=sequence, shots=shots, notes=notes)


def keep_plan(plan: Plan, folder: PickupFolder, followed: Path | None) -> None:
    """Write the plan into the folder.

    One that a person follows is left as it is, and one that somebody has edited steps aside.
    """
    if followed is not None and folder.plan.exists() and followed.samefile(folder.plan):
        return
    try:
        if folder.plan.exists() and read_plan(folder.plan).shots == plan.shots:
            return
    except PlanError:
        pass  # A spoilt plan steps aside like any other that is not ours.
    if folder.plan.exists():
        folder.plan.replace(folder.plan.with_name("plan.previous.json"))
    write_plan(plan, folder.plan)


def _order(
    planned: Sequence[PlannedCut],
    folder: PickupFolder,
    options: FillOptions,
    watcher: Watcher,
    failed: dict[str, str],
    notes: list[str],
) -> None:
    """Have the missing takes made and conformed; what could not be is told in `failed`."""
    missing: list[Wanted] = []
    for cut in planned:
        if not options.retake:
            notes.extend(hold_to(cut, folder, options.deliver))
            cut = without_standing(cut, folder)
        wants = wanted_takes(cut, folder, options.deliver, options.retake)
        missing += [take for take in wants.takes if take.order is not None]
        failed.update(wants.refused)
        notes.extend(wants.notes)
    if not missing:
        return
    cost, allowed = bill(missing), limits(options.budget)
    if cost.unpriced and (allowed.budget is not None or allowed.month is not None):
        raise BudgetError(
            f"Nobody here knows what {cost.unpriced[0]} costs, so no budget can hold it. "
            "Put its price into catalog.toml, or order without a budget."
        )
    if (cost.lines or cost.uploads) and not watcher.agree(cost):
        raise RequestError(
            f"Not ordered: it would cost {cost}, and go to {' and '.join(cost.services)}. "
            "Say --yes to agree for this run, or choose another --model."
        )
    in_turn = list(rounds(missing))
    if len(in_turn) > 1:
        _check_room(cost, allowed)
    new: dict[str, int] = {}
    for together in in_turn:
        ready = _prepared(together, folder, failed)
        for take in _made(ready, folder, options, watcher, failed, notes):
            if take.order is not None and take.order.take not in take.older:
                new.setdefault(take.shot.id, take.order.take)
    for shot, number in new.items():
        choose(folder, shot, number)


def _check_room(cost: Bill, allowed: Limits) -> None:
    """Raises `BudgetError` before a first round is paid for whose second is above the budget."""
    from pickup.jobs.ledger import Ledger

    with Ledger.open() as ledger:
        ledger.check_room(cost.total, allowed)


def _prepared(
    wanted: Sequence[Wanted], folder: PickupFolder, failed: dict[str, str]
) -> list[Wanted]:
    """Those that can be ordered now: what they begin on is there."""
    ready = []
    for take in wanted:
        try:
            prepare(take, folder)
            ready.append(take)
        except MediaError as error:
            failed[take.shot.id] = str(error)
    return ready


def _made(
    wanted: Sequence[Wanted],
    folder: PickupFolder,
    options: FillOptions,
    watcher: Watcher,
    failed: dict[str, str],
    notes: list[str],
) -> Iterator[Wanted]:
    """Have takes made and conformed; those that could be."""
    if not wanted:
        return
    records = _fulfil(wanted, options, watcher)
    what = "Conforming"
    watcher.begin(what, len(wanted))
    for done, (take, record) in enumerate(zip(wanted, records, strict=True)):
        told = partial(_told, watcher, what, done)
        made = _conform(take, record, folder, options, told, failed)
        if made is not None:
            notes += [f"{made.name}: {change}." for change in noticeable(made)]
            yield take


def _conform(
    take: Wanted,
    record: OrderRecord,
    folder: PickupFolder,
    options: FillOptions,
    told: Callable[[str, float], None],
    failed: dict[str, str],
) -> Take | None:
    name = f"{take.shot.id} take {record.take}"
    if record.state is not OrderState.FETCHED:
        failed[name] = record.reason or f"the order is {record.state.value}"
        return None
    try:
        assert take.card is not None
        made = conform_take(
            record, take.shot, take.cut, folder, options.deliver, take.card, partial(told, name)
        )
    except MediaError as error:
        failed[name] = str(error)
        return None
    told(name, 1.0)
    return made


def _told(watcher: Watcher, what: str, done: int, name: str, part: float) -> None:
    watcher.advance(what, done + part, name)


def _fulfil(missing: Sequence[Wanted], options: FillOptions, watcher: Watcher) -> list[OrderRecord]:
    from pickup.jobs.fulfil import fulfil
    from pickup.jobs.ledger import Ledger

    what = "Filming"
    watcher.begin(what, len(missing))
    parts: dict[str, float] = {}

    def on_event(event: OrderEvent) -> None:
        if event.state is OrderState.FETCHED:
            parts[event.key] = 1.0
        elif event.fraction is not None:
            parts[event.key] = event.fraction
        watcher.advance(what, sum(parts.values()), event.message or event.shot)

    orders = [take.order for take in missing if take.order is not None]
    with Ledger.open() as ledger:
        return fulfil(orders, ledger, on_event, limits=limits(options.budget))
