"""Documents written to a fresh folder and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pickup.cut.formats.base import ReadOptions
from pickup.cut.formats.xmeml import XmemlFormat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.cut.model import Cut, CutFile


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[str | bytes], CutFile]:
    """Writes a document and reads it."""

    def read(document: str | bytes) -> CutFile:
        path = tmp_path / "cut.xml"
        path.write_bytes(document.encode() if isinstance(document, str) else document)
        return XmemlFormat().read(path, ReadOptions())

    return read


@pytest.fixture
def first(opened: Callable[[str | bytes], CutFile]) -> Callable[[str | bytes], Cut]:
    return lambda document: opened(document).cuts[0]
