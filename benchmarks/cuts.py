"""Large cuts to measure with, made by rule: the same for every run and every machine."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_RATE = 24.0
_EFFECTS = (
    ("Transform", 2),
    ("Cropping", 3),
    ("Dynamic Zoom", 59),
    ("Composite", 1),
    ("Lens Correction", 43),
    ("Retime and Scaling", 22),
    ("Video Faders", 36),
    ("Transform", 2),
    ("Color Space", 71),
    ("Sharpen", 80),
)


def resolve_like(items: int, tracks: int = 4) -> Json:
    """A timeline in the shape of Resolve's export: ten effects a clip, every tenth item a gap.

    Args:
        items: clips and gaps, over all tracks together.
        tracks: video tracks, which hold equally many.
    """
    columns = [_track(index, range(index, items, tracks)) for index in range(tracks)]
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
        "name": "",
        "global_start_time": _time(86400),
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "metadata": {},
            "name": "",
            "source_range": None,
            "effects": [],
            "markers": [],
            "enabled": True,
            "children": columns,
        },
    }


def _track(index: int, numbers: range) -> Json:
    return {
        "OTIO_SCHEMA": "Track.1",
        "metadata": {"Resolve_OTIO": {"Locked": False}},
        "name": f"Video {index + 1}",
        "source_range": None,
        "effects": [],
        "markers": [],
        "enabled": True,
        "children": [_gap(n) if n % 40 < 4 else _clip(n) for n in numbers],
        "kind": "Video",
    }


def _gap(number: int) -> Json:
    return {
        "OTIO_SCHEMA": "Gap.1",
        "metadata": {},
        "name": "",
        "source_range": _range(0, 24 + number % 7),
        "effects": [],
        "markers": [],
        "enabled": True,
    }


def _clip(number: int) -> Json:
    start = 86400 + 100 * (number % 900)
    return {
        "OTIO_SCHEMA": "Clip.2",
        "metadata": {"Resolve_OTIO": {"Link Group ID": number}},
        "name": f"A{number % 500:03d}_C{number:06d}.mov",
        "source_range": _range(start + 12, 30 + number % 90),
        "effects": [_effect(name, kind, number) for name, kind in _EFFECTS],
        "markers": [],
        "enabled": number % 50 != 7,
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "metadata": {},
                "name": f"A{number % 500:03d}_C{number:06d}.mov",
                "available_range": _range(start, 400),
                "available_image_bounds": None,
                "target_url": f"/Volumes/Show/day{number % 30:02d}/A_C{number:06d}.mov",
            }
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _effect(name: str, kind: int, number: int) -> Json:
    parameters = [] if kind != 2 else [{"Parameter ID": "zoomX", "Parameter Value": number / 7}]
    return {
        "OTIO_SCHEMA": "Effect.1",
        "metadata": {
            "Resolve_OTIO": {
                "Effect Name": name,
                "Enabled": True,
                "Name": name,
                "Parameters": parameters,
                "Type": kind,
            }
        },
        "name": "",
        "effect_name": "Resolve Effect",
    }


def _range(start: int, duration: int) -> Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "duration": _time(duration),
        "start_time": _time(start),
    }


def _time(value: int) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": _RATE, "value": float(value)}
