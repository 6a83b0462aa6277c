"""The JSON of what is placed: clips with their takes, gaps, the new track, in the document's shape.

Which shape a host wants is in its own words: Resolve reads bare paths, `Clip.2` and an (empty)
`Resolve_OTIO` in the metadata of clips; Premiere reads percent-encoded file URLs, and some of its
builds only `Clip.1`, so the document's own version is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pickup.cut.placement import TRACK_NAME
from pickup.cut.urls import file_url, localhost_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pickup.cut.formats.otio.context import Json
    from pickup.cut.formats.otio.values import Exact
    from pickup.cut.placement import Grade, Placement, TakeMedia

DEFAULT_KEY = "DEFAULT_MEDIA"
"""OTIO's own key of a clip's media; programs that know no others read this one."""

_URL = re.compile(r'"target_url(?:_base)?"\s*:\s*"((?:[^"\\]|\\.)*)"')
_NUMBERED = re.compile(r"^(.*?)(\d+)(\.[^.]+)$")


def bare_path(path: Path | str) -> str:
    return str(path)


def relative_url(root: Path, path: Path | str) -> str:
    """A path below `root` as OTIO's own bundles write it, not encoded; others as URLs."""
    try:
        return PurePath(path).relative_to(root).as_posix()
    except ValueError:
        return file_url(path)


_ADDRESSES: dict[str, Callable[[Path | str], str]] = {
    "bare": bare_path,
    "file": file_url,
    "localhost": localhost_url,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How this document, or the host it is for, writes things.

    Attributes:
        target: `"resolve"`, `"premiere"` …, or empty.
        clip_version: of the Clip schema.
        gap, track: schema of a gap and of a track.
        address: how a path is written.
    """

    target: str = ""
    clip_version: int = 2
    gap: str = "Gap.1"
    track: str = "Track.1"
    address: Callable[[Path | str], str] = file_url

    @classmethod
    def of(cls, text: str, writer: str, target: str, bundle: Path | None = None) -> Shape:
        """The shape of a document by `writer`, or the one that `target` asks for."""
        host = target or writer
        style = "bare" if host == "resolve" else _majority(text)
        if target and target != writer and host != "resolve":
            style = "file"
        return cls(
            target=host,
            clip_version=1 if '"Clip.1"' in text and '"Clip.2"' not in text else 2,
            gap="Filler.1" if '"Filler.1"' in text and '"Gap.1"' not in text else "Gap.1",
            track="Sequence.1" if '"Sequence.1"' in text and '"Track.1"' not in text else "Track.1",
            address=_ADDRESSES[style] if bundle is None else partial(relative_url, bundle),
        )


def _majority(text: str) -> str:
    """How most of a document's media are addressed; relative ones count for file URLs."""
    styles: Counter[str] = Counter()
    for match in _URL.finditer(text):
        url = match[1].lower().replace("\\/", "/")
        if url.startswith("file://localhost"):
            styles["localhost"] += 1
        elif url.startswith("/") or re.match(r"[a-z]:|\\\\", url):
            styles["bare"] += 1
        elif url:
            styles["file"] += 1
    return max(styles, key=lambda style: styles[style], default="file")


@dataclass(frozen=True, slots=True)
class Clock:
    """A rate, as exact and as the document writes it; whole numbers stay whole where it does so."""

    rate: Fraction
    said: float | int

    def time(self, frames: Exact) -> Json:
        whole = isinstance(self.said, int) and frames == int(frames)
        value = int(frames) if whole else float(frames)
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": self.said, "value": value}

    def range(self, start: Exact, duration: Exact) -> Json:
        return {
            "OTIO_SCHEMA": "TimeRange.1",
            "duration": self.time(duration),
            "start_time": self.time(start),
        }

    def can_say(self, frames: Exact) -> bool:
        """Whether a number of frames can be written without rounding."""
        return Fraction(float(frames)) == frames


def gap_json(clock: Clock, duration: Exact, shape: Shape) -> Json:
    return {
        "OTIO_SCHEMA": shape.gap,
        "metadata": {},
        "name": "",
        "source_range": clock.range(0, duration),
        "effects": [],
        "markers": [],
        "enabled": True,
    }


def track_json(children: list[Json], shape: Shape) -> Json:
    """The new top track."""
    return {
        "OTIO_SCHEMA": shape.track,
        "metadata": {"Resolve_OTIO": {"Locked": False}} if shape.target == "resolve" else {},
        "name": TRACK_NAME,
        "source_range": None,
        "effects": [],
        "markers": [],
        "enabled": True,
        "children": children,
        "kind": "Video",
    }


def clip_json(
    placement: Placement, clock: Clock, shape: Shape, markers: Sequence[Json] = ()
) -> Json:
    """A placed clip, with every take that the schema can hold."""
    clip: Json = {
        "OTIO_SCHEMA": f"Clip.{shape.clip_version}",
        "metadata": _clip_metadata(placement, shape),
        "name": placement.name,
        "source_range": source_range(placement, clock),
        "effects": [],
        "markers": list(markers),
        "enabled": True,
    }
    if shape.clip_version < 2:
        clip["media_reference"] = reference_json(placement.take, clock, shape)
        return clip
    clip["media_references"] = references_json(placement, clock, shape, {})
    clip["active_media_reference_key"] = DEFAULT_KEY
    return clip


def source_range(placement: Placement, clock: Clock) -> Json:
    take = placement.take
    return clock.range(take.start + take.head, placement.duration)


def references_json(
    placement: Placement, clock: Clock, shape: Shape, before: Mapping[str, Json]
) -> Json:
    """The active take under OTIO's default key, the others and those of `before` beside it."""
    active = reference_json(placement.take, clock, shape)
    references: Json = {DEFAULT_KEY: active}
    others = [take for index, take in enumerate(placement.takes) if index != placement.active]
    new = [reference_json(take, clock, shape) for take in others]
    said = [_address(active), *(_address(one) for one in new)]
    kept = [one for one in before.values() if _address(one) not in said]
    for reference in [*new, *kept]:
        references[_key(reference, references)] = reference
    return references


def _address(reference: Json) -> tuple[object, ...]:
    return tuple(reference.get(key) for key in ("target_url", "target_url_base", "name_prefix"))


def _key(reference: Json, taken: Json) -> str:
    pickup = reference.get("metadata", {}).get("pickup", {})
    number = pickup.get("take") if isinstance(pickup, dict) else None
    key = f"Take {number}" if number is not None else str(reference.get("name") or "Take")
    serial = 2
    unique = key
    while unique in taken:
        unique, serial = f"{key} ({serial})", serial + 1
    return unique


def reference_json(take: TakeMedia, clock: Clock, shape: Shape) -> Json:
    """One take as a media reference."""
    said: Json = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "metadata": {"pickup": dict(take.metadata)} if take.metadata else {},
        "name": take.name,
        "available_range": clock.range(take.start, take.frames),
        "available_image_bounds": None,
    }
    numbered = _NUMBERED.match(take.path.name) if take.sequence_files else None
    if numbered is None:
        return {**said, "target_url": shape.address(take.path)}
    folder = shape.address(take.path.parent)
    return {
        **said,
        "OTIO_SCHEMA": "ImageSequenceReference.1",
        "target_url_base": folder if shape.address is bare_path else f"{folder}/",
        "name_prefix": numbered[1],
        "name_suffix": numbered[3],
        "start_frame": int(numbered[2]),
        "frame_step": 1,
        "rate": clock.said,
        "frame_zero_padding": len(numbered[2]),
        "missing_frame_policy": "error",
    }


def _clip_metadata(placement: Placement, shape: Shape) -> dict[str, Any]:
    metadata: dict[str, Any] = {"Resolve_OTIO": {}} if shape.target == "resolve" else {}
    if placement.note:
        metadata["note"] = placement.note
    if placement.take.metadata:
        metadata["pickup"] = dict(placement.take.metadata)
    if placement.grade.has_cdl:
        metadata["cdl"] = _cdl(placement.grade)
    return metadata


def _cdl(grade: Grade) -> Json:
    """An ASC CDL where OpenTimelineIO's own adapters put it."""
    sop = {"slope": grade.slope, "offset": grade.offset, "power": grade.power}
    return {
        "asc_sat": float(grade.saturation),
        "asc_sop": {name: [float(value) for value in values] for name, values in sop.items()},
    }
