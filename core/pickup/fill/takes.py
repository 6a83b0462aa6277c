"""Takes as they lie in the folder: a media file, and beside it a record of what it is.

The record is the sidecar that the design promises: what a host drops from the timeline, and what a
media file cannot hold, stands here.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from pickup.cut.model import Raster
from pickup.cut.placement import TakeMedia
from pickup.errors import RequestError
from pickup.files import read_text, write_text
from pickup.shots.request import PixelAspect, Rate, Record

if TYPE_CHECKING:
    from pickup.fill.folder import PickupFolder
    from pickup.shots.request import ShotRequest


class SourceFile(Record):
    """What the provider delivered, before it was conformed."""

    file: str
    sha256: str


class PickupRecord(Record):
    """What a placed clip carries under `metadata["pickup"]`."""

    schema_: Literal["pickup.take/1"] = Field(default="pickup.take/1", alias="schema")
    shot: str
    gap: str
    take: int
    provider: str
    model: str
    prompt: str
    negative: str = ""
    seed: int
    cost_usd: float
    created: str
    request_sha256: str
    source: SourceFile
    synthetic: Literal[True] = True

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Take(Record):
    """A conformed take.

    Attributes:
        file: the media, relative to the takes folder; the first file of a DPX or EXR sequence.
        sha256: of that file.
        visible: frames that fill the gap; `frames` counts the handles as well.
        head: handle frames before the first visible one.
        start: the first frame's timecode, as frames.
        spec: hash of all that conforming depended on: another one means conforming again.
        changes: what conforming changed, in sentences.
        order: the ledger's key.
        made_from: the ledger's key of the older take that this one was made from.
        made_by: how, as `providers.base.Change` writes it.
        chosen: whether it is the one placed.
        stands_for: hash of the request that a person has chosen it for, though it may have been
            made from another; see `fill.choices`.
    """

    schema_: Literal["pickup.sidecar/1"] = Field(default="pickup.sidecar/1", alias="schema")
    record: PickupRecord
    file: str
    sha256: str
    deliver: str
    rate: Rate
    frames: int
    visible: int
    head: int
    start: int
    drop_frame: bool
    reel: str
    width: int
    height: int
    pixel_aspect: PixelAspect
    audio_channels: int = 0
    sample_rate: int = 48000
    sequence_files: int = 0
    spec: str = ""
    changes: tuple[str, ...] = ()
    order: str = ""
    made_from: str = ""
    made_by: str = ""
    chosen: bool = False
    stands_for: str = ""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @property
    def name(self) -> str:
        return take_name(self.record.shot, self.record.take)

    def metadata(self) -> dict[str, Any]:
        return self.record.model_dump(mode="json", by_alias=True)

    def file_of(self, folder: PickupFolder, frame: int) -> Path:
        """Where a frame, counted from 0 with the handles, lies; images have a file each."""
        first = folder.takes / self.file
        if not self.sequence_files:
            return first
        prefix, _, number = first.stem.rpartition(".")
        return first.with_name(f"{prefix}.{int(number) + frame:0{len(number)}d}{first.suffix}")

    def media(self, folder: PickupFolder) -> TakeMedia:
        """The take as a timeline refers to it."""
        return TakeMedia(
            path=(folder.takes / self.file).absolute(),
            name=self.name,
            rate=self.rate,
            frames=self.frames,
            head=self.head,
            start=self.start,
            drop_frame=self.drop_frame,
            reel=self.reel,
            raster=Raster(self.width, self.height, self.pixel_aspect),
            audio_channels=self.audio_channels,
            sample_rate=self.sample_rate,
            sequence_files=self.sequence_files,
            metadata=self.metadata(),
        )


def trimmed(take: Take, number: int, head: int, visible: int) -> Take:
    """Another take of the same file, which shows other frames of it: what handles are for.

    Args:
        number: of the new take among those of its shot.
        head: the frame of the file, from 0, that shows first.
        visible: frames that show.

    Raises:
        RequestError: the file does not reach so far.
    """
    if head < 0 or visible <= 0 or head + visible > take.frames:
        raise RequestError(f"{take.name} has {take.frames} frames, and not those asked for.")
    # No order asks for this very piece, and none may take it for its own.
    origin = f"{take.record.request_sha256} {head} {visible}"
    changes = {"take": number, "request_sha256": sha256(origin.encode()).hexdigest()}
    return take.model_copy(
        update={
            "record": take.record.model_copy(update={**changes, "cost_usd": 0.0}),
            "visible": visible,
            "head": head,
            "spec": "",
            "changes": (*take.changes, f"trimmed from {take.name}"),
            "chosen": False,
        }
    )


def take_name(shot: str, take: int) -> str:
    """`pk010_t01`: the name of the clip and of its file."""
    return f"{shot}_t{take:02d}"


def write_take(folder: PickupFolder, take: Take) -> None:
    text = json.dumps(take.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False)
    write_text(folder.takes / f"{take.name}.json", text + "\n")


def read_takes(folder: PickupFolder, shot: str = "") -> list[Take]:
    """The takes in the folder, by shot and number; a record that is spoilt counts as none."""
    takes = []
    # A record is named after its take: those of other shots need not be read.
    start = f"{shot}_t" if shot else ""
    for path in sorted(folder.takes.glob("*.json")) if folder.takes.is_dir() else []:
        if not path.name.startswith(start):
            continue
        try:
            take = Take.model_validate_json(read_text(path))
        except (OSError, UnicodeDecodeError, ValidationError):
            continue
        inside = Path(take.file)
        if inside.is_absolute() or ".." in inside.parts:
            continue
        if shot in ("", take.record.shot):
            takes.append(take)
    return sorted(takes, key=lambda take: (take.record.shot, take.record.take))


NEXT = "next"
"""A take stands for its shot as the next fill finds it."""


def stands(take: Take, shot: ShotRequest) -> bool:
    """Whether a person has chosen the take for the shot as it is now."""
    return take.chosen and take.stands_for in (NEXT, shot.sha256())


def usable(take: Take, shot: ShotRequest, folder: PickupFolder) -> bool:
    """Whether a take can be placed for its shot as this is now: it is there, and long enough.

    One that was made for other frames around the gap only where a person says so.
    """
    same = (take.visible, take.rate) == (shot.frames, shot.rate)
    meant = take.record.gap == shot.gap.id or stands(take, shot)
    return same and meant and (folder.takes / take.file).is_file()


def choose(folder: PickupFolder, shot: str, number: int, stands_for: str = "") -> None:
    """Make one take of a shot the chosen one; the others are kept.

    Args:
        stands_for: see `Take`.

    Raises:
        RequestError: the shot has no take of that number.
    """
    takes = read_takes(folder, shot)
    if number not in [take.record.take for take in takes]:
        known = ", ".join(str(take.record.take) for take in takes) or "none"
        raise RequestError(f"Shot {shot} has no take {number}; it has {known}.")
    for take in takes:
        mine = take.record.take == number
        now = {"chosen": mine, "stands_for": stands_for if mine else ""}
        if (take.chosen, take.stands_for) != tuple(now.values()):
            write_take(folder, take.model_copy(update=now))
