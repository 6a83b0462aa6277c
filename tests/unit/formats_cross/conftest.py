"""Documents written to a fresh folder, as any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.formats.base import WriteOptions
from pickup.cut.model import CutFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement


@pytest.fixture
def wrote(tmp_path: Path) -> Callable[..., Path]:
    """Writes bytes or text under a name."""

    def write(name: str, data: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.fixture
def across(tmp_path: Path) -> Callable[..., tuple[Cut, list[str]]]:
    """Exports a cut to a format and reads it again; returns that and the notes."""

    def go(
        cut: Cut, suffix: str, *placements: Placement, target: str = ""
    ) -> tuple[Cut, list[str]]:
        out = tmp_path / f"across{suffix}"
        document = CutFile(tmp_path / "none", "", [cut])
        notes = save_cut(document, cut, placements, out, WriteOptions(target))
        return open_cut_file(out).cuts[0], notes

    return go
