"""Cuts of our own that hold every construct, and takes to put into them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from pickup.cut.model import Cut, ImageSequence, Item, ItemKind, Marker, Media, Raster, TimeMap
from pickup.cut.model import Track as _Track
from pickup.cut.placement import Placement, TakeMedia

RATE = Fraction(24)
HOUR = 86400


def media(name: str, **more: Any) -> Media:
    values: dict[str, Any] = {
        "url": f"file:///film/day%201/{name}.mov",
        "path": Path(f"/film/day 1/{name}.mov"),
        "name": f"{name}.mov",
        "rate": RATE,
        "start": Fraction(3600),
        "duration": Fraction(1000, 24),
        "reel": name.upper(),
        "raster": Raster(1920, 1080),
    }
    return Media(**(values | more))


def clip(start: int, end: int, name: str, **more: Any) -> Item:
    values: dict[str, Any] = {
        "media": media(name),
        "source_start": Fraction(3600) + Fraction(100, 24),
    }
    return Item(ItemKind.CLIP, name, start, end, **(values | more))


def track(*items: Item, kind: str = "video", **more: Any) -> _Track:
    return _Track(kind, items=list(items), **more)


def cut(*tracks: _Track, **more: Any) -> Cut:
    values: dict[str, Any] = {"start": HOUR, "raster": Raster(1920, 1080)}
    return Cut("Scene 4", more.pop("rate", RATE), tracks=list(tracks), **(values | more))


RAMP = TimeMap(
    ((Fraction(0), Fraction(3600)), (Fraction(1, 2), Fraction(3601)), (Fraction(1), Fraction(3604)))
)
NUMBERED = Media(
    url="file:///film/vfx",
    path=Path("/film/vfx"),
    name="sh010",
    sequence=ImageSequence("/film/vfx", "sh010.", ".exr", 1001, 4),
    rate=RATE,
    start=Fraction(1001, 24),
    duration=Fraction(200, 24),
)


def inner() -> Cut:
    """A sequence to nest."""
    made = cut(track(clip(0, 30, "in1"), clip(30, 60, "in2")))
    made.name = "inner"
    return made


def everything(**more: Any) -> Cut:
    """One cut with one of each thing, and holes at 96–144 and 400–424."""
    base = track(
        clip(0, 48, "a001", note="good take"),
        Item(ItemKind.TRANSITION, "Cross Dissolve", 42, 54),
        clip(48, 96, "a002"),
        clip(144, 168, "fast", speed=Fraction(2)),
        clip(168, 192, "back", speed=Fraction(-1), source_start=Fraction(3600) + Fraction(400, 24)),
        clip(192, 204, "still", speed=Fraction(0)),
        clip(204, 228, "ramp", retime=RAMP, source_start=Fraction(3600)),
        Item(ItemKind.NESTED, "inner", 228, 264, nested=inner(), source_start=Fraction(0)),
        Item(ItemKind.SLUG, "black", 264, 276),
        clip(276, 300, "off", enabled=False),
        clip(300, 324, "lost", media=media("lost", missing=True)),
        clip(324, 400, "vfx", media=NUMBERED, source_start=Fraction(1001, 24)),
        clip(424, 448, "last"),
        name="V1",
    )
    over = track(
        clip(24, 40, "over"),
        Item(ItemKind.TITLE, "Chapter 1", 60, 84),
        clip(276, 300, "above"),
        name="V2",
    )
    sound = track(
        clip(0, 96, "a001", media=media("a001", has_audio=True)),
        clip(96, 300, "music", media=media("music", raster=None, has_audio=True)),
        kind="audio",
        name="A1",
    )
    markers = [
        Marker("look", 10, 0, "at the door", "RED"),
        Marker("span", 100, 12, "wide shot of the sea", "GREEN"),
    ]
    return cut(base, over, sound, markers=markers, **more)


def take(frames: int, name: str = "g001_t01", rate: Fraction = RATE, **more: Any) -> TakeMedia:
    values: dict[str, Any] = {
        "path": Path(f"/takes/Day 1/{name}.mov"),
        "name": name,
        "rate": rate,
        "frames": frames + 16,
        "head": 8,
        "start": HOUR,
        "drop_frame": False,
        "reel": "PK001",
        "raster": Raster(1920, 1080),
        "metadata": {"gap": name, "take": "t1", "synthetic": True, "prompt": "a <wide> & sea"},
    }
    return TakeMedia(**(values | more))


def placement(start: int, end: int, name: str = "g001_t01", **more: Any) -> Placement:
    index = more.pop("track", None)
    return Placement(start, end, name, (take(end - start, name, **more),), track=index)
