"""A document as cuts: finds the timelines in it and reads each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.collecting import uncollected
from pickup.cut.formats.otio.context import Context, Json, metadata_of, text_of
from pickup.cut.formats.otio.markers import markers_on_cut
from pickup.cut.formats.otio.rates import FoundRate, rate_of_items, stated_rate
from pickup.cut.formats.otio.retime import VARIABLE
from pickup.cut.formats.otio.text import load
from pickup.cut.formats.otio.tracks import ELSEWHERE, LENGTHLESS, read_cut
from pickup.cut.model import Cut, CutFile, Raster
from pickup.errors import CutError
from pickup.timing import to_frames

if TYPE_CHECKING:
    from pathlib import Path

Keys = tuple[str | int, ...]
"""The way to a value from the document's root."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document's text, for writing into it.

    Attributes:
        text: as it was read.
        plain: the same, place for place, as the standard library can parse it.
        mark: whether it begins with a byte order mark.
    """

    text: str
    plain: str
    mark: bool = False

    def encode(self, text: str) -> bytes:
        """The bytes of a changed text, as those of the document were."""
        return text.encode("utf-8-sig" if self.mark else "utf-8")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cut stands in its document.

    Attributes:
        keys: the way to what holds its layers.
        schema: what that is: a stack, or a track or an item that stands alone.
        said: the number that the document writes for the cut's rate.
    """

    keys: Keys
    schema: str
    said: float | int


def read_document(path: Path, data: bytes, base: Path, format_name: str = "otio") -> CutFile:
    """Every timeline of a document.

    Args:
        path: for messages, and for the name of a timeline that has none.
        data: the document.
        base: the folder that relative media paths start from.
        format_name: `CutFile.format`.

    Raises:
        CutError: not a document of OTIO, or a broken one.
    """
    with uncollected():
        return _read_document(path, data, base, format_name)


def _read_document(path: Path, data: bytes, base: Path, format_name: str) -> CutFile:
    text, plain, root = load(path, data)
    context = Context(path, base, _writer_of(text))
    try:
        if '"SerializableObjectRef.1"' in text:
            root = _resolved(root, path)
        cuts = [_read(value, keys, context) for value, keys in _timelines(root, context)]
    except RecursionError:
        raise CutError(path, "its sequences nest too deeply to be a timeline") from None
    source = Source(text, plain, data.startswith(b"\xef\xbb\xbf"))
    return CutFile(path, format_name, cuts, source, context.writer, _notes(context))


def _writer_of(text: str) -> str:
    marks = {"resolve": text.find('"Resolve_OTIO"'), "premiere": text.find('"PremierePro_OTIO"')}
    found = {writer: at for writer, at in marks.items() if at >= 0}
    return min(found, key=lambda writer: found[writer], default="")


def _timelines(root: Any, context: Context) -> list[tuple[Json, Keys]]:
    """What stands for a timeline, with the way to it: timelines, else stacks, tracks or clips."""
    met: dict[str, list[tuple[Json, Keys]]] = {}
    waiting: list[tuple[Any, Keys]] = [(root, ())]
    while waiting:
        value, keys = waiting.pop()
        schema = context.schemas.of(value)
        met.setdefault(schema, []).append((value, keys))
        if schema == "SerializableCollection":
            children = context.children(value)
            waiting += [
                (child, (*keys, "children", index)) for index, child in enumerate(children)
            ][::-1]
    for schema in ("Timeline", "Stack", "Track", "Clip", "Gap"):
        if schema in met and (schema in ("Timeline", "Stack", "Track") or len(met[schema]) == 1):
            return met[schema]
    if not any(met):
        raise CutError(context.path, "it is JSON, but not of OpenTimelineIO")
    raise CutError(context.path, "it holds no timeline", hint="Export the timeline itself.")


def _read(value: Json, keys: Keys, context: Context) -> Cut:
    timeline: Json = {}
    if context.schemas.of(value) == "Timeline":
        timeline, keys = value, (*keys, "tracks")
        value = timeline.get("tracks") or {"OTIO_SCHEMA": "Stack.1", "children": []}
        if context.schemas.of(value) != "Stack":
            raise CutError(context.path, "a timeline holds no stack of tracks")
    found = stated_rate(timeline, value, context) or rate_of_items(value, context)
    start = _first_frame(timeline, found, context)
    name = text_of(timeline, "name") or text_of(value, "name") or context.path.stem
    cut = read_cut(value, context, name=name, found=found, start=start)
    said = found.said if found else float(cut.rate)
    cut.locator = Place(keys, context.schemas.of(value), said)
    if timeline:
        cut.markers += markers_on_cut(timeline, context, cut.rate, start, cut.duration)
    cut.raster = _raster(metadata_of(value, "PremierePro_OTIO"))
    cut.drop_frame = _drops(metadata_of(timeline)) or _drops(metadata_of(value))
    cut.metadata = {
        key: metadata for key, metadata in metadata_of(timeline).items() if key != "pickup"
    }
    return cut


def _first_frame(timeline: Json, found: FoundRate | None, context: Context) -> int:
    start = timeline.get("global_start_time")
    if start is None or found is None:
        return 0
    frames = to_frames(context.times.seconds(start), found.rate)
    if abs(frames) > LIMITS.frames:
        raise CutError(context.path, "its first timecode is more than 30 days away")
    return frames


def _raster(premiere: Json) -> Raster | None:
    size = premiere.get("VideoResolution")
    width, height = (size.get("width"), size.get("height")) if isinstance(size, dict) else (0, 0)
    if not (isinstance(width, int) and isinstance(height, int)):
        return None
    if not (0 < width <= 65536 and 0 < height <= 65536):
        return None
    aspect = premiere.get("PixelAspectRatio")
    above = aspect.get("numerator") if isinstance(aspect, dict) else 1
    below = aspect.get("denominator") if isinstance(aspect, dict) else 1
    if isinstance(above, int) and isinstance(below, int) and above > 0 and below > 0:
        return Raster(width, height, Fraction(above, below))
    return Raster(width, height)


def _drops(metadata: Any, levels: int = 4) -> bool:
    """Whether metadata says that timecode is drop frame, as FCP7 XML and others put it."""
    if not isinstance(metadata, dict) or not levels:
        return False
    for key, value in metadata.items():
        word = key.lower().replace("_", "").replace("@", "")
        if word in ("dropframe", "isdropframe", "drop") and value in (True, 1, "true", "True", "1"):
            return True
        if word in ("displayformat", "tcformat") and value == "DF":
            return True
        if isinstance(value, dict) and _drops(value, levels - 1):
            return True
    return False


def _resolved(root: Any, path: Path) -> Any:
    """The document with every reference replaced by the object that it names."""
    named: dict[str, Any] = {}
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and isinstance(value.get("OTIO_REF_ID"), str):
            named[value["OTIO_REF_ID"]] = value
        waiting += _inner(value)
    waiting = [root]
    while waiting:
        value = waiting.pop()
        waiting += _inner(value)
        for key, child in list(value.items() if isinstance(value, dict) else enumerate(value)):
            if isinstance(child, dict) and child.get("OTIO_SCHEMA") == "SerializableObjectRef.1":
                if child.get("id") not in named:
                    raise CutError(path, "it refers to an object that it does not hold")
                value[key] = named[child["id"]]
    return root


def _inner(value: Any) -> list[Any]:
    listed = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in listed if isinstance(child, dict | list)]


def _notes(context: Context) -> list[str]:
    said = {
        VARIABLE: "{} of the retimes change speed along the clip, which OTIO does not spell out; "
        "their handles are read at normal speed",
        LENGTHLESS: "{} clips do not say how long they are and were left out",
        ELSEWHERE: "{} tracks or stacks are trimmed to a range outside of what they hold; "
        "the trim was ignored",
    }
    return [text.format(context.met[key]) + "." for key, text in said.items() if context.met[key]]
