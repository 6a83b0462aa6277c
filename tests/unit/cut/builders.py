"""Cuts made in a line or two."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pickup.cut.model import Cut, Item, ItemKind, Marker, Media, Track


def clip(start: int, end: int, name: str = "", **more: Any) -> Item:
    name = name or f"A{start:03d}"
    media = more.pop("media", Media(url=f"/media/{name}.mov", rate=Fraction(24), name=name))
    return Item(ItemKind.CLIP, name, start, end, media=media, **more)


def item(kind: ItemKind, start: int, end: int, name: str = "", **more: Any) -> Item:
    return Item(kind, name, start, end, **more)


def offline(start: int, end: int, name: str = "lost") -> Item:
    return clip(start, end, name, media=Media(missing=True))


def video(*items: Item, **more: Any) -> Track:
    return Track("video", items=list(items), **more)


def audio(*items: Item) -> Track:
    return Track("audio", items=list(items))


def cut(*tracks: Track, markers: list[Marker] | None = None, rate: Fraction | int = 24) -> Cut:
    return Cut("Scene", Fraction(rate), tracks=list(tracks), markers=markers or [])
