"""What a placed item wears, so that it is seen and found again: colour, flag, marker, LUT."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pickup.cut.placement import Grade, Placement
    from pickup_resolve.api import TimelineItem
    from pickup_resolve.settings import PlaceSettings

_CARRIED = ("shot", "take", "gap", "provider", "model", "request_sha256", "synthetic")


def dress(item: TimelineItem, placement: Placement, settings: PlaceSettings) -> list[str]:
    """Colour, flag and mark an item; what did not stay, as sentences."""
    if settings.color:
        item.set_color(settings.color)
    if settings.flag:
        item.add_flag(settings.flag)
    problems = []
    lut = placement.grade.lut or settings.lut
    if lut and not item.set_lut(1, lut):
        problems.append(f"Resolve did not set the LUT {lut}; it must be one that it lists.")
    if placement.grade.has_cdl and not item.set_cdl(_cdl(placement.grade)):
        problems.append("Resolve did not set the CDL of some clips.")
    if settings.marker and not _mark(item, placement, settings.marker):
        problems.append("Resolve did not keep the marker of some clips.")
    return problems


def _cdl(grade: Grade) -> dict[str, str]:
    """As SetCDL wants it: for the first node, numbers as text."""
    return {
        "NodeIndex": "1",
        "Slope": _numbers(grade.slope),
        "Offset": _numbers(grade.offset),
        "Power": _numbers(grade.power),
        "Saturation": f"{grade.saturation:g}",
    }


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:g}" for value in values)


def _mark(item: TimelineItem, placement: Placement, color: str) -> bool:
    """Put the marker on the first frame shown, and see whether it is there."""
    # Markers of an item count from the first frame of its file.
    custom = custom_data(placement)
    item.add_marker(placement.take.head, color, placement.name, placement.note, custom)
    return any(marker.get("customData") == custom for marker in item.markers().values())


def custom_data(placement: Placement) -> str:
    """What a marker carries unseen: enough to find the shot again."""
    record = placement.take.metadata
    carried = {key: record[key] for key in _CARRIED if key in record}
    return json.dumps({"pickup": carried or {"shot": placement.name}}, sort_keys=True)
