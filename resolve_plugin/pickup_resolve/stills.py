"""Frames as Resolve shows them, grade and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.files import written_aside
from pickup.timing import frames_to_timecode
from pickup_resolve.errors import ResolveError
from pickup_resolve.view import edit_page

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_resolve.api import Resolve, Timeline


def grab(resolve: Resolve, timeline: Timeline, frame: int, path: Path) -> Path:
    """Export a frame of the current timeline, counted from its start, as a PNG.

    Raises:
        ResolveError: Resolve does not go there, or exports no still.
    """
    rate = timeline.rate()
    if rate is None:
        raise ResolveError(f"Resolve does not tell the rate of “{timeline.name()}”.")
    wanted = frames_to_timecode(
        timeline.start() + frame, rate, drop=";" in timeline.start_timecode()
    )
    with edit_page(resolve, timeline):
        timeline.go_to(wanted)
        if timeline.timecode() != wanted:
            raise ResolveError(f"Resolve does not go to {wanted} on “{timeline.name()}”.")
        with written_aside(path) as aside:
            resolve.project().still(str(aside))
            if not aside.is_file() or aside.stat().st_size == 0:
                raise ResolveError(f"{resolve.build} exported no still of {wanted}.")
    return path
