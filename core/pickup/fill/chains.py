"""Shots that begin on the last frame of another: filmed in rounds, each after what it begins on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.errors import MediaError
from pickup.files import write_bytes
from pickup.fill.takes import read_takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pickup.fill.folder import PickupFolder
    from pickup.fill.ordering import Wanted
    from pickup.fill.takes import Take


def rounds(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    """The takes in the order in which they can be filmed, those of a round all at once."""
    follows = {take.shot.id: _before(take) for take in wanted}
    by_depth: dict[int, list[Wanted]] = {}
    for take in wanted:
        by_depth.setdefault(_depth(take.shot.id, follows), []).append(take)
    for depth in sorted(by_depth):
        yield by_depth[depth]


def _before(take: Wanted) -> str:
    frame = take.shot.first_frame
    # One made from an older take goes on from that, whatever stands before it now.
    return frame.follows if frame and take.order and not take.order.source else ""


def _depth(shot: str, follows: Mapping[str, str]) -> int:
    """How many of the wanted shots must be filmed before; a plan that runs in a circle ends."""
    seen = {shot}
    while (shot := follows.get(shot, "")) in follows and shot not in seen:
        seen.add(shot)
    return len(seen) - 1


def prepare(take: Wanted, folder: PickupFolder) -> None:
    """Extract the frame that a take begins on, where that is the last one of another shot.

    Raises:
        MediaError: that shot has no take, or it cannot be read.
    """
    before = _before(take)
    if before and take.order is not None and take.order.first_frame is not None:
        extract_end(before, folder, take.order.first_frame)


def extract_end(shot: str, folder: PickupFolder, out: Path) -> None:
    """Write the last visible frame of a shot's chosen take as a PNG; the newest where none is.

    Raises:
        MediaError: there is no take, or it cannot be read.
    """
    takes = [take for take in read_takes(folder, shot) if (folder.takes / take.file).is_file()]
    if not takes:
        raise MediaError(
            out,
            f"is to be the last frame of {shot}, which has not been filmed",
            hint="Run it again once that shot is there.",
        )
    take = next((take for take in takes if take.chosen), takes[-1])
    _write_frame(take, folder, take.head + take.visible - 1, out)


def _write_frame(take: Take, folder: PickupFolder, frame: int, out: Path) -> None:
    from pickup.media.frames import FrameReader
    from pickup.media.images import png

    file = take.file_of(folder, frame)
    with FrameReader(file) as reader:
        rgb = reader.read(0 if take.sequence_files else frame)
        write_bytes(out, png(rgb, take.pixel_aspect))
