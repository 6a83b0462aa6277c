"""`report.html`: one page, complete in itself, that shows what was filled and how it joins."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.cut.model import ItemKind
from pickup.errors import MediaError
from pickup.files import write_text
from pickup.fill.prepare import frame_file
from pickup.timing import FrameRange, frames_to_timecode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pickup.cut.model import Cut, CutFile, Track
    from pickup.fill.folder import PickupFolder
    from pickup.fill.takes import Take
    from pickup.fill.values import FilledShot, FillResult
    from pickup.shots.request import FrameRef

STRIP_WIDTH = 1200.0
ROW = 26
THUMBNAIL = 400
_STAGES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a strip, in its pixels."""

    x: float
    y: int
    width: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A sequence drawn before and after."""

    title: str
    length: str
    before: tuple[Box, ...]
    after: tuple[Box, ...]
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame as the page holds it; `data` is empty where there is none, and `caption` says why."""

    data: str
    caption: str


@dataclass(frozen=True, slots=True)
class ShotCard:
    """What the page says of one shot."""

    filled: FilledShot
    timecode: str
    seconds: str
    outgoing: Picture
    frames: tuple[Picture, ...]
    incoming: Picture


def write_report(document: CutFile, result: FillResult, folder: PickupFolder) -> None:
    """Write the page into the folder.

    Args:
        document: the cut as it was before.
        result: what was filled.
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("pickup.fill", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.j2").render(
        name=document.path.name,
        out=result.out.name if result.out else "",
        strips=[_strip(cut, result.filled) for cut in _touched(document, result)],
        cards=[_card(filled, folder) for filled in result.filled],
        failed=result.failed,
        notes=result.notes,
        slips=result.slips,
        cost=sum(take.record.cost_usd for filled in result.filled for take in filled.takes),
        row=ROW,
        strip_width=int(STRIP_WIDTH),
    )
    write_text(folder.report, page)


def _touched(document: CutFile, result: FillResult) -> list[Cut]:
    touched = {id(filled.cut) for filled in result.filled}
    return [cut for cut in document.cuts if id(cut) in touched]


def _strip(cut: Cut, filled: Sequence[FilledShot]) -> Strip:
    """Video tracks from the top down, with the fills as they now stand."""
    tracks = cut.video_tracks
    duration = max(1, cut.duration)
    fills = [shot for shot in filled if shot.cut is cut]
    on_top = [shot for shot in fills if shot.shot.gap.track is None]
    rows = len(tracks) + (1 if on_top else 0)
    before: list[Box] = []
    for index, track in enumerate(tracks):
        before.extend(_boxes(track, (rows - 1 - index) * ROW, duration))
    after = list(before)
    for shot in fills:
        gap = shot.shot.gap
        level = rows - 1 - (gap.track if gap.track is not None else rows - 1)
        where = FrameRange(gap.start, gap.start + gap.duration)
        after.append(_box(where, level * ROW, duration, "pickup", shot.shot.id))
    length = frames_to_timecode(duration, cut.rate, drop=cut.drop_frame)
    return Strip(cut.name or "Untitled sequence", length, tuple(before), tuple(after), rows * ROW)


def _boxes(track: Track, y: int, duration: int) -> Iterator[Box]:
    """A track's items; neighbours too narrow to be told apart are drawn as one."""
    pending: FrameRange | None = None
    narrow = duration / STRIP_WIDTH
    for item in track.items:
        if item.kind is ItemKind.HOLE or item.duration <= 0:
            continue
        where = FrameRange(max(0, item.start), item.end)
        if item.duration < narrow:
            if pending and where.start - pending.end < narrow:
                where = FrameRange(pending.start, max(pending.end, where.end))
            elif pending:
                yield _box(pending, y, duration, "clip", "")
            pending = where
            continue
        shown = track.enabled and item.visible
        yield _box(where, y, duration, item.kind.value if shown else "off", item.name)
    if pending:
        yield _box(pending, y, duration, "clip", "")


def _box(where: FrameRange, y: int, duration: int, kind: str, label: str) -> Box:
    scale = STRIP_WIDTH / duration
    return Box(where.start * scale, y, max(0.5, where.duration * scale), kind, label)


def _card(filled: FilledShot, folder: PickupFolder) -> ShotCard:
    shot = filled.shot
    return ShotCard(
        filled=filled,
        timecode=shot.gap.timecode,
        seconds=f"{float(shot.frames / shot.rate):.2f}",
        outgoing=_reference(shot.first_frame, folder),
        frames=tuple(_take_pictures(filled.chosen, folder)),
        incoming=_reference(shot.last_frame, folder),
    )


def _reference(ref: FrameRef | None, folder: PickupFolder) -> Picture:
    if ref is None:
        return Picture("", "no picture there")
    file = frame_file(ref, folder)
    if file is None:
        return Picture("", f"{ref.name}: {ref.reason or 'no picture'}")
    return Picture(_image(file), f"{ref.name}, frame {ref.frame}")


def _image(file: Path) -> str:
    import numpy as np
    from PIL import Image

    with Image.open(file) as picture:
        return _jpeg(np.asarray(picture.convert("RGB")))


def _jpeg(rgb: NDArray[np.uint8]) -> str:
    from pickup.media.images import thumbnail

    return "data:image/jpeg;base64," + base64.b64encode(thumbnail(rgb, THUMBNAIL)).decode()


def _take_pictures(take: Take, folder: PickupFolder) -> Iterator[Picture]:
    """The take's visible frames at a few stages, its first and last among them."""
    wanted = sorted({round(stage * (take.visible - 1)) for stage in _STAGES})
    try:
        for frame, rgb in zip(wanted, _read(take, folder, wanted), strict=True):
            yield Picture(_jpeg(rgb), f"frame {frame + 1}")
    except MediaError as error:
        yield Picture("", str(error))


def _read(take: Take, folder: PickupFolder, visible: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    from pickup.media.frames import FrameReader
    from pickup.media.images import read_image

    if take.sequence_files:
        for frame in visible:
            yield read_image(take.file_of(folder, take.head + frame))
        return
    with FrameReader(folder.takes / take.file) as reader:
        for frame in visible:
            yield reader.read(take.head + frame)
