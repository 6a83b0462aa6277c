"""Before anything is ordered: the plan of each sequence, and its reference frames as pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pickup.cut.model import ItemKind, Media, Raster
from pickup.errors import MediaError, PickupError, PlanError
from pickup.files import sha256_of, write_bytes
from pickup.fill.takes import read_takes
from pickup.shots.plan import Plan, read_plan
from pickup.shots.planner import PlanSettings, fit_to_cut, gap_of, plan_shots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pickup.cut.gap import Gap, Neighbour
    from pickup.cut.model import Cut
    from pickup.fill.folder import PickupFolder
    from pickup.hosts.base import ShowsFrames
    from pickup.shots.looks import Look
    from pickup.shots.request import FrameRef, Reference, ShotRequest

DEFAULT_RASTER = Raster(1920, 1080)


@dataclass(frozen=True, slots=True)
class ShotSettings:
    """What the user asked of all shots.

    Attributes:
        raster: picture size, or None to take it from the cut and its media.
    """

    raster: Raster | None = None
    model: str = ""
    takes: int = 1
    handles: int = 8
    lettering: bool = True
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class PlannedCut:
    """One sequence with its shots.

    Attributes:
        index: of the cut in its document.
        gaps: by id, as they are now.
        shots: those that fit.
        refused: why each other shot of a given plan does not, by its id.
    """

    index: int
    cut: Cut
    gaps: dict[str, Gap]
    shots: list[ShotRequest]
    refused: dict[str, str]
    notes: tuple[str, ...] = ()


def plan_cut(
    index: int,
    cut: Cut,
    name: str,
    gaps: Sequence[Gap],
    wanted: ShotSettings,
    known: Mapping[str, str],
) -> PlannedCut:
    """A new plan for one sequence.

    Args:
        known: shot ids by gap id: gaps planned before keep their shots' names, and no other shot
            gets one of them.
    """
    raster, note = (wanted.raster, "") if wanted.raster else choose_raster(cut, gaps)
    plan = plan_shots(
        cut,
        name,
        gaps,
        PlanSettings(
            raster=raster or DEFAULT_RASTER,
            model=wanted.model,
            takes=wanted.takes,
            handles=wanted.handles,
            lettering=wanted.lettering,
            look=wanted.look,
            known=known,
        ),
    )
    notes = (note,) if note and gaps else ()
    return PlannedCut(index, cut, {g.id: g for g in gaps}, list(plan.shots), {}, notes)


def follow_plan(index: int, cut: Cut, gaps: Sequence[Gap], plan: Plan) -> PlannedCut:
    """The shots of a plan that a person has edited, held against the cut as it is now."""
    shots, refused = fit_to_cut(plan, cut, gaps)
    by_id = {gap.id: gap for gap in gaps}
    pieces = {shot.gap.id: gap_of(shot, by_id) for shot in shots if shot.gap.of}
    by_id |= {key: piece for key, piece in pieces.items() if piece is not None}
    return PlannedCut(index, cut, by_id, shots, refused)


def known_names(folder: PickupFolder) -> dict[str, str]:
    """Shot ids by gap id from all that lies in the folder."""
    names = {}
    try:
        if folder.plan.exists():
            names = {shot.gap.id: shot.id for shot in read_plan(folder.plan).shots}
    except PlanError:
        pass  # A spoilt plan is replaced by a fresh one; the takes remember their names.
    for take in read_takes(folder):
        names[take.record.gap] = take.record.shot
    return names


def names_by_place(
    folder: PickupFolder, cut: Cut, gaps: Sequence[Gap], known: Mapping[str, str]
) -> dict[str, str]:
    """Names of the shots whose hole stands where it did, with other frames around it, by gap id.

    Those frames make a gap what it is: where a clip beside it was slipped, it is another gap. Its
    shot is the same to an editor, and the takes that it has can still be chosen.
    """
    try:
        planned = read_plan(folder.plan).shots if folder.plan.exists() else ()
    except PlanError:
        return {}
    here = {gap.id for gap in gaps}
    before = {
        (shot.gap.sequence, shot.gap.start, shot.gap.duration): shot.id
        for shot in planned
        if shot.gap.id not in here and not shot.gap.of
    }
    places = {gap.id: (cut.name, gap.start, gap.duration) for gap in gaps if gap.id not in known}
    return {gap: before[place] for gap, place in places.items() if place in before}


def choose_raster(cut: Cut, gaps: Sequence[Gap]) -> tuple[Raster, str]:
    """The cut's picture size, and a note where it had to be guessed.

    The sequence's own word counts; else that of most of the gaps' neighbours, asked of their files
    where these are here; else that of any media of the cut.
    """
    if cut.raster is not None:
        return cut.raster, ""
    beside = [side for gap in gaps for side in (gap.before, gap.after) if side is not None]
    seen = lru_cache(maxsize=None)(_raster_in)
    rasters = Counter(filter(None, (_raster_of(side, seen) for side in beside)))
    if not rasters:
        rasters = Counter(
            item.media.raster
            for track in cut.video_tracks
            for item in track.items
            if item.kind is ItemKind.CLIP and item.media and item.media.raster
        )
    if rasters:
        return rasters.most_common(1)[0][0], ""
    size = f"{DEFAULT_RASTER.width}×{DEFAULT_RASTER.height}"
    return DEFAULT_RASTER, f"Nothing in the cut says its picture size; {size} is taken."


def _raster_of(neighbour: Neighbour, seen: Callable[[Path], Raster | None]) -> Raster | None:
    """A neighbour's picture size, of its file where that is here."""
    file, _ = neighbour.media.file_at(neighbour.index)
    return (seen(file) if file is not None else None) or neighbour.media.raster


def _raster_in(file: Path) -> Raster | None:
    """The size of a file's picture as it is seen: a phone held upright films lying down."""
    from pickup.media.probe import probe

    if not file.is_file():
        return None
    try:
        found = probe(file, counted=False)
    except MediaError:
        return None
    if not found.width:
        return None
    if found.rotation % 180:
        return Raster(found.height, found.width, 1 / found.pixel_aspect)
    return Raster(found.width, found.height, found.pixel_aspect)


def extract_frames(
    planned: PlannedCut,
    folder: PickupFolder,
    on_done: Callable[[], None] = lambda: None,
    shows: ShowsFrames | None = None,
) -> PlannedCut:
    """The same shots with their reference frames extracted as PNG, or the reason why not.

    Args:
        shows: a host that has the frames which cannot be read here, or shows them as graded.
    """
    shots = []
    for shot in planned.shots:
        _keep_pictures(shot, folder)
        gap = planned.gaps.get(shot.gap.id)
        if gap is None:
            # A shot that stands in the cut already: its frames were extracted when it was planned.
            shots.append(shot)
            continue
        first = Wish(shot.first_frame, gap.before, gap.start - 1, f"{shot.id}_first.png")
        last = Wish(shot.last_frame, gap.after, gap.end, f"{shot.id}_last.png")
        shots.append(
            shot.model_copy(
                update={
                    "first_frame": first.had(folder, shows),
                    "last_frame": last.had(folder, shows),
                }
            )
        )
        on_done()
    return PlannedCut(
        planned.index, planned.cut, planned.gaps, shots, planned.refused, planned.notes
    )


class Wish(NamedTuple):
    """A reference frame that is wanted.

    Attributes:
        at: the frame of the cut that it is.
        name: of its PNG.
    """

    ref: FrameRef | None
    neighbour: Neighbour | None
    at: int
    name: str

    def had(self, folder: PickupFolder, shows: ShowsFrames | None) -> FrameRef | None:
        """The same with its PNG, or the reason why there is none."""
        ref, neighbour = self.ref, self.neighbour
        if ref is None or neighbour is None:
            return ref
        out = folder.frames / self.name
        graded = shows is not None and shows.as_graded
        reason = "it is wanted as graded" if graded else _read(neighbour, out)
        if reason and shows is not None:
            shown = _show(shows, self.at, out)
            reason = shown and (_read(neighbour, out) if graded else f"{reason}; {shown}")
        if reason:
            return ref.model_copy(update={"file": "", "sha256": "", "reason": reason})
        file = f"{folder.frames.name}/{self.name}"
        return ref.model_copy(update={"file": file, "sha256": sha256_of(out), "reason": ""})


def _read(neighbour: Neighbour, out: Path) -> str:
    """Extract a frame from its media; why it cannot be, or nothing."""
    reason = _unavailable(neighbour.media)
    if reason:
        return reason
    from pickup.media.frames import extract_frame

    try:
        extract_frame(neighbour.media, neighbour.index, out, neighbour.rate)
    except MediaError as error:
        return str(error)
    return ""


def _show(shows: ShowsFrames, at: int, out: Path) -> str:
    """Have the host show a frame; why it cannot be had, or nothing."""
    from pickup.media.images import read_image

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        read_image(shows.grab(at, out))
    except PickupError as error:
        return str(error)
    return ""


def _unavailable(media: Media) -> str:
    if media.missing:
        return "the cut says that the media is missing"
    if media.path is None:
        return "the cut names no local file for it"
    here = media.path.is_dir() if media.sequence is not None else media.path.is_file()
    return "" if here else f"the media is offline: {media.path}"


def _keep_pictures(shot: ShotRequest, folder: PickupFolder) -> None:
    """Copy the shot's reference images beside its frames; those that cannot be read stay out."""
    for image in shot.pictures:
        path, out = Path(image.path), picture_file(image, folder)
        if out.is_file() or not image.path:
            continue
        from pickup.media.images import png, read_image

        try:
            # A plan may come from anywhere: it shows only what its writer has had before.
            if sha256_of(path) == image.sha256:
                write_bytes(out, png(read_image(path)))
        except (OSError, MediaError):
            continue


def picture_file(image: Reference, folder: PickupFolder) -> Path:
    """Where the copy of a reference image lies, if it could be made."""
    return folder.frames / f"ref_{image.sha256[:16]}.png"


def frame_file(ref: FrameRef | None, folder: PickupFolder) -> Path | None:
    """The extracted picture of a reference frame, if there is one or will be."""
    if ref is None or not ref.file:
        return None
    path = (folder.root / ref.file).resolve()
    # A plan is edited by people and may come from anywhere: only our own frames are sent out.
    if not path.is_relative_to(folder.frames.resolve()):
        return None
    # The end of another shot is extracted once that shot is filmed.
    return path if path.is_file() or ref.follows else None
