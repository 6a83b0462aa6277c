"""Opening a cut: its gaps, the shots as they were left, the takes and the orders that there are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pickup.cut.gaps import GapOptions, find_gaps
from pickup.errors import CutError, PlanError, RequestError
from pickup.fill.folder import PickupFolder
from pickup.fill.placed import PlacedShot, Recalled, Remembers, placed_shots
from pickup.fill.prepare import ShotSettings, known_names, plan_cut
from pickup.fill.takes import read_takes
from pickup.hosts.base import wants_of
from pickup.shots.plan import Plan, read_plan, write_plan
from pickup.timing import frames_to_timecode
from pickup_ui.work.state import PanelState, read_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pickup.cut.gap import Gap
    from pickup.cut.model import Cut, CutFile
    from pickup.fill.prepare import PlannedCut
    from pickup.fill.takes import Take
    from pickup.hosts.base import Host
    from pickup.shots.request import ShotRequest


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the user has set for every cut.

    Attributes:
        gaps: which gaps count.
        shots: what holds for new shots.
    """

    gaps: GapOptions = field(default_factory=GapOptions)
    shots: ShotSettings = field(default_factory=ShotSettings)


@dataclass(frozen=True, slots=True)
class Opened:
    """One sequence of a host's cut, as the panel shows it.

    Attributes:
        index: of `cut` in the document.
        gaps: by id.
        shots: one a gap and one a clip of ours, in the order of the cut.
        takes: by shot id; only those that fit the shot's gap.
        standing: shots whose clips stand in the cut, with the number of the take that they show.
        slips: holes too short to fill.
    """

    host: Host
    folder: PickupFolder
    document: CutFile
    index: int
    cut: Cut
    gaps: dict[str, Gap]
    shots: tuple[ShotRequest, ...]
    takes: dict[str, tuple[Take, ...]]
    state: PanelState
    standing: dict[str, int] = field(default_factory=dict)
    slips: int = 0
    notes: tuple[str, ...] = ()

    def timecode(self, frame: int) -> str:
        """Of a frame counted from the sequence's start."""
        return frames_to_timecode(self.cut.start + frame, self.cut.rate, drop=self.cut.drop_frame)


def open_cut(host: Host, preferences: Preferences, sequence: str = "") -> Opened:
    """Read a host's cut and all that is known of it.

    Args:
        sequence: its name; empty is the one shown last, else the one with most gaps.

    Raises:
        PickupError: the cut cannot be read, or has no sequence.
    """
    folder = PickupFolder.of(host.cut_path)
    document = host.read()
    state = read_state(folder)
    if not document.cuts:
        raise CutError(document.path, "it holds no sequence", hint="Export a timeline.")
    index = _chosen(document, sequence or state.sequence, preferences)
    return look_at(host, folder, document, index, preferences)


def look_at(
    host: Host, folder: PickupFolder, document: CutFile, index: int, preferences: Preferences
) -> Opened:
    """One sequence of a document that was read already."""
    cut = document.cuts[index]
    found, wants = find_gaps(cut, preferences.gaps), wants_of(host)
    again = host.recall(cut) if isinstance(host, Remembers) else Recalled(folder)
    folder = again.folder
    gaps = _with_recalled([gap for gap in found.gaps if wants(gap)], again.shots)
    name, known = document.path.name, known_names(folder)
    known |= {one.gap.id: one.shot.id for one in again.shots}
    planned = _split(plan_cut(index, cut, name, gaps, preferences.shots, known))
    placed = placed_shots(cut, folder, [shot.id for shot in planned.shots])
    shots = tuple(
        sorted(
            [*_as_left(planned.shots, folder, again.shots), *(one.shot for one in placed)],
            key=lambda shot: shot.gap.start,
        )
    )
    return Opened(
        host=host,
        folder=folder,
        document=document,
        index=index,
        cut=cut,
        gaps=planned.gaps | {one.gap.id: one.gap for one in placed},
        shots=shots,
        takes=fitting_takes(shots, folder),
        state=read_state(folder),
        standing={
            **{one.shot.id: one.take for one in again.shots if one.take},
            **{one.shot.id: one.take for one in placed},
        },
        slips=found.slips,
        notes=(*document.notes, *planned.notes, *again.notes),
    )


def _with_recalled(gaps: Sequence[Gap], again: Sequence[PlacedShot]) -> list[Gap]:
    """The gaps, those of earlier shots as these need them: with what their clips cover now."""
    theirs = [one.gap for one in again]
    free = [g for g in gaps if not any(g.start < t.end and t.start < g.end for t in theirs)]
    return sorted([*free, *theirs], key=lambda gap: gap.start)


def _split(planned: PlannedCut) -> PlannedCut:
    """Gaps too long for their model in pieces; a cut opens also where the model is gone."""
    from pickup.fill.splitting import split_long

    try:
        return split_long(planned)
    except RequestError as error:
        return replace(planned, notes=(*planned.notes, str(error)))


def _chosen(document: CutFile, sequence: str, preferences: Preferences) -> int:
    names = [cut.name for cut in document.cuts]
    if sequence in names:
        return names.index(sequence)
    if len(names) == 1:
        return 0
    counts = [len(find_gaps(cut, preferences.gaps).gaps) for cut in document.cuts]
    return counts.index(max(counts))


def _as_left(
    shots: Sequence[ShotRequest], folder: PickupFolder, again: Sequence[PlacedShot] = ()
) -> list[ShotRequest]:
    """The shots as a person left them in the plan, where their gaps are what they were.

    Those in `again` are the person's own whatever has become of their gaps.
    """
    try:
        plan = read_plan(folder.plan).shots if folder.plan.exists() else ()
    except PlanError:
        plan = ()  # A spoilt plan steps aside when the next one is written.
    here = {shot.gap.sequence for shot in shots}
    # A sequence and its duplicate have the same gaps: what was said of this one counts.
    kept = {s.gap.id: s for s in sorted(plan, key=lambda s: s.gap.sequence in here)}
    recalled = {one.gap.id: one.shot for one in again}
    result = []
    for shot in shots:
        old = kept.get(shot.gap.id)
        same = old is not None and (old.frames, old.rate) == (shot.frames, shot.rate)
        if not same and shot.gap.id in recalled:
            sides = {"first_frame": shot.first_frame, "last_frame": shot.last_frame}
            old, same = recalled[shot.gap.id].model_copy(update=sides), True
        untouched = old is not None and old.words_from != "person" and old.words != shot.words
        # Words that the editor has changed in the cut count, unless they were edited here since.
        use = old if old is not None and same and not untouched else shot
        result.append(use.model_copy(update={"gap": shot.gap, "id": shot.id}))
    return result


def fitting_takes(
    shots: Sequence[ShotRequest], folder: PickupFolder
) -> dict[str, tuple[Take, ...]]:
    """The takes that could stand in their shots' gaps, by shot; the folder is read once."""
    by_shot: dict[str, list[Take]] = {}
    for take in read_takes(folder):
        by_shot.setdefault(take.record.shot, []).append(take)
    return {
        shot.id: tuple(t for t in by_shot.get(shot.id, ()) if usable(t, shot, folder))
        for shot in shots
        if shot.id in by_shot
    }


def usable(take: Take, shot: ShotRequest, folder: PickupFolder) -> bool:
    """Whether a take fits its shot's gap, and its file is here."""
    same = (take.record.gap, take.visible, take.rate) == (shot.gap.id, shot.frames, shot.rate)
    return same and (folder.takes / take.file).is_file()


def save_plan(opened: Opened, shots: Sequence[ShotRequest]) -> None:
    """Keep the shots as they are now; those of other sequences stay in the plan."""
    folder, others = opened.folder, []
    try:
        if folder.plan.exists():
            others = [s for s in read_plan(folder.plan).shots if s.gap.sequence != opened.cut.name]
    except PlanError:
        folder.plan.replace(folder.plan.with_name("plan.previous.json"))
    several = len(opened.document.cuts) > 1
    plan = Plan(
        cut=opened.host.cut_path.name,
        sequence="" if several else opened.cut.name,
        shots=(*others, *shots),
        notes=opened.notes,
    )
    write_plan(plan, folder.plan)


def with_takes(opened: Opened) -> Opened:
    """The same with the takes as they lie in the folder now."""
    return replace(opened, takes=fitting_takes(opened.shots, opened.folder))
