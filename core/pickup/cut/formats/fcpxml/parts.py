"""Items of a cut of any origin, as FCPXML elements."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.fcpxml.document import RECORD_KEY
from pickup.cut.formats.fcpxml.markup import Element
from pickup.cut.formats.fcpxml.retime import ZERO
from pickup.cut.formats.fcpxml.times import frame_text, time_text
from pickup.cut.model import ItemKind, Media
from pickup.timing import to_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.formats.fcpxml.assets import Shelf
    from pickup.cut.model import Cut, Item, Marker

_TITLE = (
    "Basic Title",
    ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti",
)
_SOLID = ("Custom", ".../Generators.localized/Solids.localized/Custom.localized/Custom.motn")
_STAND_IN = (
    "Placeholder",
    ".../Generators.localized/Elements.localized/Placeholder.localized/Placeholder.motn",
)
_DISSOLVE = ("Cross Dissolve", "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265")

Where = dict[str, str | None]


class Parts:
    """Makes elements for the items of one cut.

    Args:
        nested: gives the id of the media of an inner cut.
    """

    def __init__(
        self, rate: Fraction, shelf: Shelf, notes: list[str], nested: Callable[[Cut], str]
    ) -> None:
        self._rate = rate
        self._shelf = shelf
        self._notes = notes
        self._nested = nested
        self._styles = 0

    def element(
        self, item: Item, where: Where, *, picture: bool, shown: bool
    ) -> tuple[Element, Fraction]:
        """An item as an element, and where its local time begins.

        Args:
            where: its `lane` and `offset`.
            picture: whether it stands on a video track.
            shown: whether its track is enabled.
        """
        attrs: Where = {
            **where,
            "name": item.name,
            "duration": frame_text(item.duration, self._rate),
            "enabled": None if item.switched_on and shown else "0",
        }
        note = [Element("note", text=item.note)] if item.note.strip() else []
        if item.kind is ItemKind.NESTED and item.nested is not None:
            return self._compound(item, item.nested, attrs, note)
        if item.media is not None:
            return self._asset_clip(item, item.media, attrs, note, picture=picture)
        if item.kind is ItemKind.TITLE:
            return self._title(item, attrs)
        if not picture:
            media = Media(name=item.name, missing=True)
            return self._asset_clip(item, media, attrs, note, picture=False)
        if item.kind is not ItemKind.SLUG:
            self._notes.append(f"“{item.name}” has no media; a placeholder stands for it.")
        effect = self._shelf.effect(*(_SOLID if item.kind is ItemKind.SLUG else _STAND_IN))
        attrs = {"ref": effect, **attrs, "start": "3600s"}
        return Element("video", attrs, note), Fraction(3600)

    def _asset_clip(
        self, item: Item, media: Media, attrs: Where, note: list[Element], *, picture: bool
    ) -> tuple[Element, Fraction]:
        if media.missing and picture:
            self._notes.append(
                f"The media of “{item.name}” is missing, which FCPXML cannot say; "
                "what is known of its file is written."
            )
        if media.sequence is not None:
            self._notes.append(
                f"“{item.name}” is an image sequence, which Final Cut Pro must import itself."
            )
        length = abs(item.source_start) + to_seconds(item.duration, self._rate) * 100
        start, mapping = _retiming(item, self._rate, media)
        attrs = {
            "ref": self._shelf.media(media, picture=picture, length=length),
            **attrs,
            "start": time_text(start),
            "srcEnable": None if picture else "audio",
            "audioRole": "dialogue" if media.has_audio or not picture else None,
        }
        record = []
        if item.pickup is not None:
            value = json.dumps(dict(item.pickup), ensure_ascii=False, separators=(",", ":"))
            record = [Element("metadata", {}, [Element("md", {"key": RECORD_KEY, "value": value})])]
        return Element("asset-clip", attrs, [*note, *mapping, *record]), start

    def _compound(
        self, item: Item, inner: Cut, attrs: Where, note: list[Element]
    ) -> tuple[Element, Fraction]:
        start, mapping = _retiming(item, self._rate, None)
        if not mapping:
            start += to_seconds(inner.start, inner.rate)
        elif inner.start:
            _shift(mapping[0], to_seconds(inner.start, inner.rate))
        attrs = {"ref": self._nested(inner), **attrs, "start": time_text(start)}
        return Element("ref-clip", attrs, [*note, *mapping]), start

    def _title(self, item: Item, attrs: Where) -> tuple[Element, Fraction]:
        self._notes.append(f"The title “{item.name}” keeps its place and its words, not its look.")
        self._styles += 1
        style = f"ts{self._styles}"
        while style in self._shelf.ids:
            self._styles += 1
            style = f"ts{self._styles}"
        self._shelf.ids.add(style)
        words = Element("text-style", {"ref": style}, text=item.note or item.name or "Title")
        look: Where = {"font": "Helvetica", "fontSize": "63", "fontColor": "1 1 1 1"}
        definition = Element("text-style-def", {"id": style}, [Element("text-style", look)])
        attrs = {"ref": self._shelf.effect(*_TITLE), **attrs, "start": "3600s"}
        text = Element("text", children=[words])
        return Element("title", attrs, [text, definition]), Fraction(3600)

    def transition(self, item: Item, offset: str) -> Element:
        """A dissolve; Final Cut's own effects have no names in other formats."""
        name = item.name or _DISSOLVE[0]
        if "dissolve" not in name.lower():
            self._notes.append(f"The transition “{name}” becomes a cross dissolve.")
        effect = {"ref": self._shelf.effect(*_DISSOLVE), "name": name}
        attrs = {"name": name, "offset": offset}
        attrs["duration"] = frame_text(item.duration, self._rate)
        return Element("transition", dict(attrs), [Element("filter-video", dict(effect))])


def marker_element(marker: Marker, start: Fraction, rate: Fraction) -> Element:
    """A marker at a local instant; colours are Final Cut's kinds of marker."""
    attrs: Where = {
        "start": time_text(start),
        "duration": frame_text(max(1, marker.duration), rate),
        "value": marker.name,
        "completed": {"RED": "0", "GREEN": "1"}.get(marker.color),
        "note": marker.comment or None,
    }
    return Element("chapter-marker" if marker.color == "ORANGE" else "marker", attrs)


def _retiming(item: Item, rate: Fraction, media: Media | None) -> tuple[Fraction, list[Element]]:
    """Where an item's local time begins, and its time map if it needs one."""
    if item.retime is not None and len(item.retime.points) > 1:
        first = min(ZERO, item.retime.points[0][0])
        return -first, [_time_map([(x - first, y) for x, y in item.retime.points])]
    source = item.source_start if item.retime is None else item.retime.points[0][1]
    speed = item.speed if item.retime is None else ZERO
    if speed == 1:
        return source, []
    length = to_seconds(item.duration, rate)
    if speed == 0 or media is None or not media.duration:
        return ZERO, [_time_map([(ZERO, source), (length, source + speed * length)])]
    ends = media.start, media.start + media.duration
    head, tail = ends if speed > 0 else (ends[1], ends[0])
    whole = [(ZERO, head), (media.duration / abs(speed), tail)]
    return (source - head) / speed, [_time_map(whole)]


def _time_map(points: list[tuple[Fraction, Fraction]]) -> Element:
    pairs = [{"time": time_text(x), "value": time_text(y), "interp": "linear"} for x, y in points]
    return Element("timeMap", {}, [Element("timept", dict(pair)) for pair in pairs])


def _shift(mapping: Element, by: Fraction) -> None:
    for point in mapping.children:
        value = Fraction((point.attrs["value"] or "0").rstrip("s")) + by
        point.attrs["value"] = time_text(value)
