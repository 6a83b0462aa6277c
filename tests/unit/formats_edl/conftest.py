"""Lists to read and takes to place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.edl import EdlFormat
from pickup.cut.model import Cut, CutFile, Raster
from pickup.cut.placement import Placement, TakeMedia

if TYPE_CHECKING:
    from fractions import Fraction

ReadText = Callable[..., CutFile]
Fill = Callable[..., tuple[bytes, list[str]]]


@pytest.fixture
def read_text(tmp_path: Path) -> ReadText:
    """Reads a list given as text or bytes."""

    def read(text: str | bytes, rate: Fraction | None = None) -> CutFile:
        path = tmp_path / "list.edl"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return EdlFormat().read(path, ReadOptions(rate=rate))

    return read


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Writes placements into a document; gives the bytes and the notes."""

    def write(document: CutFile, *placements: Placement) -> tuple[bytes, list[str]]:
        out = tmp_path / "filled.edl"
        notes = EdlFormat().write(document, document.cuts[0], placements, out, WriteOptions())
        return out.read_bytes(), notes

    return write


def placement(cut: Cut, start: int, end: int, **changes: Any) -> Placement:
    """A take of exactly that length with eight frames before it."""
    shot = changes.pop("shot", f"s{start}")
    take = TakeMedia(
        path=Path(f"/takes/{shot}.mov"),
        name=f"{shot}_t1",
        rate=cut.rate,
        frames=end - start + 16,
        head=8,
        start=changes.pop("timecode", 24 * 60),
        drop_frame=changes.pop("drop", cut.drop_frame),
        reel=changes.pop("reel", f"PK{start}"),
        raster=Raster(1920, 1080),
        audio_channels=changes.pop("audio", 0),
        metadata={
            "schema": 1,
            "shot": shot,
            "gap": f"g{start}",
            "take": "t1",
            "model": "sora-2",
            "prompt": "a very long prompt",
            "synthetic": True,
        },
    )
    count = changes.pop("takes", 1)
    return Placement(start=start, end=end, name=f"Pickup {shot}", takes=(take,) * count, **changes)
