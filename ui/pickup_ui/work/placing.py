"""Placing: exactly what will change, the writing of it, and the way back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pickup.errors import PickupError, RequestError
from pickup.fill.folder import check_out, default_out, remember
from pickup.fill.placing import filled_shots, placements
from pickup.fill.prepare import PlannedCut
from pickup.fill.report import write_report
from pickup.fill.takes import take_name
from pickup.fill.values import FillResult
from pickup.hosts.base import Announces, Change
from pickup.hosts.file import FileHost
from pickup_ui.hosts import TakesBack
from pickup_ui.work.opening import usable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pickup.fill.values import FilledShot
    from pickup.hosts.base import Host, Written
    from pickup_ui.work.opening import Opened


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything that placing will do.

    Attributes:
        out: the file that will be written; None where the host places live.
        overwrites: `out` was written by Pickup before, and will be written anew.
        left: gaps that stay open.
    """

    changes: tuple[Change, ...]
    out: Path | None
    overwrites: bool
    left: int


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing did, and what leads back.

    Attributes:
        previous: what `out` was before, kept aside; None where there was nothing.
    """

    written: Written
    report: Path
    takes: dict[str, str]
    host: Host
    previous: Path | None = None


def chosen(opened: Opened, rejected: frozenset[str] = frozenset()) -> list[FilledShot]:
    """The shots with a take that a person has chosen; rejected takes do not come along.

    A clip that shows the chosen take already is left alone.
    """
    shots = [s for s in opened.shots if any(t.chosen for t in opened.takes.get(s.id, ()))]
    planned = PlannedCut(opened.index, opened.cut, opened.gaps, list(shots), {})
    found = []
    for filled in filled_shots([planned], opened.folder, {}):
        if opened.standing.get(filled.shot.id) == filled.chosen.record.take:
            continue
        takes = tuple(
            t
            for t in filled.takes
            if usable(t, filled.shot, opened.folder)
            and (t.name not in rejected or t.name == filled.chosen.name)
        )
        found.append(replace(filled, takes=takes))
    return found


def not_placed(opened: Opened) -> list[FilledShot]:
    """The shots with a chosen take that was not placed before, as far as Pickup knows."""
    placed = opened.state.placed
    found = chosen(opened, opened.state.rejected)
    return [one for one in found if placed.get(one.shot.id) != one.chosen.name]


def place_agreed(opened: Opened, changes: Sequence[Change]) -> Placed:
    """Place what the user has agreed to elsewhere, exactly that or nothing.

    Raises:
        PickupError: the takes chosen are others by now, or nothing can be placed.
    """
    filled = not_placed(opened)
    if propose(opened, filled).changes != tuple(changes):
        raise RequestError(
            "What is chosen in Pickup has changed meanwhile, and nothing was placed; look at the "
            "list and place again."
        )
    return place(opened, filled)


def propose(opened: Opened, filled: Sequence[FilledShot]) -> Proposal:
    """Exactly what `place` would change."""
    host = _fresh(opened.host)
    out, own = host.out if isinstance(host, FileHost) else None, ""
    if isinstance(host, Announces):
        out, own = host.will_write(), host.track
    tracks = opened.cut.video_tracks
    changes = []
    for shot in filled:
        gap = shot.shot.gap
        track = tracks[gap.track].name or f"V{gap.track + 1}" if gap.track is not None else ""
        track = own or track
        stands = opened.standing.get(shot.shot.id)
        before = opened.state.placed.get(shot.shot.id, "")
        if stands:
            before = take_name(shot.shot.id, stands)
        changes.append(
            Change(
                shot=shot.shot.id,
                take=shot.chosen.name,
                where=opened.timecode(gap.start),
                frames=gap.duration,
                track=track,
                instead=before if before != shot.chosen.name else "",
                alternatives=len(shot.takes) - 1,
            )
        )
    return Proposal(
        tuple(changes), out, out is not None and out.exists(), len(opened.shots) - len(changes)
    )


def place(opened: Opened, filled: Sequence[FilledShot]) -> Placed:
    """Put the chosen takes into the cut.

    Raises:
        PickupError: nothing was written, or the file is not ours to write.
    """
    if not filled:
        raise RequestError("No take is chosen yet; choose one for a gap, then place.")
    host, previous = _fresh(opened.host), None
    if isinstance(host, FileHost):
        check_out(host.cut_path, host.out)
        previous = _kept(host.out, opened)
    planned = PlannedCut(opened.index, opened.cut, opened.gaps, [f.shot for f in filled], {})
    written = host.write(opened.document, placements([planned], filled, opened.folder))
    if written.path is not None:
        remember(host.cut_path, written.path)
    result = FillResult(written.path, opened.folder.report, tuple(filled), {}, 0, written.notes)
    write_report(opened.document, result, opened.folder)
    stand = [shot for shot in filled if shot.shot.id not in written.failed]
    takes = {shot.shot.id: shot.chosen.name for shot in stand}
    return Placed(written, opened.folder.report, takes, host, previous)


def can_take_back(placed: Placed) -> bool:
    """Whether there is a way back."""
    return isinstance(placed.host, FileHost | TakesBack)


def take_back(placed: Placed) -> None:
    """Undo a placing.

    Raises:
        PickupError: somebody has changed the file since.
    """
    if isinstance(placed.host, TakesBack):
        placed.host.take_back(placed.written)
        return
    out = placed.written.path
    if out is None or not isinstance(placed.host, FileHost):
        raise RequestError("This host has no way back; undo it there.")
    check_out(placed.host.cut_path, out)
    try:
        if placed.previous is not None:
            _copy(placed.previous, out)
            remember(placed.host.cut_path, out)
        elif out.is_dir():
            shutil.rmtree(out)
        else:
            out.unlink(missing_ok=True)
    except OSError as error:
        raise PickupError(f"{out}: it cannot be taken back ({error.strerror}).") from error


def _fresh(host: Host) -> Host:
    """A plain file's host with a name that is free, or ours, now."""
    if type(host) is FileHost:
        return replace(host, out=default_out(host.cut_path, host.out.suffix))
    return host


def _kept(out: Path, opened: Opened) -> Path | None:
    """A copy of what will be overwritten."""
    if not out.exists() or (out.is_file() and out.stat().st_size == 0):
        return None
    kept = opened.folder.root / "previous" / out.name
    _copy(out, kept)
    return kept


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
