"""Markers, as timelines, items and clips of the fake all carry them: one on a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pickup_resolve.testing.strict import FakeObject, Optional, api

if TYPE_CHECKING:
    from pickup_resolve.testing.program import FakeResolve

MARKER_COLORS = [
    "Blue",
    "Cyan",
    "Green",
    "Yellow",
    "Red",
    "Pink",
    "Purple",
    "Fuchsia",
    "Rose",
    "Lavender",
    "Sky",
    "Mint",
    "Lemon",
    "Sand",
    "Cocoa",
    "Cream",
]
_NUMBER = (int, float)


class Marked(FakeObject):
    """What can carry markers."""

    def __init__(self, world: FakeResolve) -> None:
        super().__init__(world)
        self._markers: dict[float, dict[str, Any]] = {}

    @api(_NUMBER, str, str, str, _NUMBER, Optional(str))
    def AddMarker(
        self, frame: float, color: str, name: str, note: str, duration: float, custom: str = ""
    ) -> bool:
        if float(frame) in self._markers or color not in MARKER_COLORS or duration < 1:
            return False
        marker = {
            "color": color,
            "name": name,
            "note": note,
            "duration": duration,
            "customData": custom,
        }
        return self._done(lambda: self._markers.__setitem__(float(frame), marker))

    @api()
    def GetMarkers(self) -> Any:
        return {frame: dict(marker) for frame, marker in self._markers.items()} or None
