"""Real timelines across formats, and strangers who read along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks import across
from tests.unit.formats_cross.constructs import clip, cut, track

from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.model import CutFile, Item, ItemKind
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 300_000
EVERY = 9
"""One file in so many; `python -m benchmarks.corpus --across` tries them all."""


def files(corpus: Path, *suffixes: str, every: int = EVERY) -> Iterator[Path]:
    found = sorted((corpus / "timelines").rglob("*"))
    fit = [p for p in found if p.suffix.lower() in suffixes and p.is_file()]
    yield from [p for p in fit if p.stat().st_size < LARGEST][::every]


@pytest.mark.corpus
def test_gaps_are_the_same_in_every_format(corpus: Path, tmp_path: Path) -> None:
    states = [
        (path.name, *outcome)
        for path in files(corpus, *across.TARGETS)
        for outcome in across.tried(path, tmp_path)
    ]
    assert len(states) > 30
    assert [one for one in states if one[2] == "DIFFERS"] == []


@pytest.mark.corpus
@pytest.mark.parametrize("suffix", [".otio", ".xml", ".edl"])
def test_strangers_see_every_clip_where_it_was(corpus: Path, tmp_path: Path, suffix: str) -> None:
    """What a stock adapter reads in the original, it reads in the filled document as well."""
    tried = 0
    for path in files(corpus, suffix, every=3):
        out = tmp_path / f"filled{suffix}"
        try:
            document = across.filled(path, out)
        except CutError:
            continue
        if document is None:
            continue
        rate = float(document.cuts[0].rate)
        before = across.stranger(path, rate)
        if before is None or len(open_cut_file(path).cuts) > 1:
            continue
        after = across.stranger(out, rate)
        assert after is not None, path.name
        assert before - after == across.Seen(), path.name
        assert after.total() > before.total(), path.name
        tried += 1
    assert tried


@pytest.mark.parametrize("suffix", [".otio", ".xml", ".edl"])
def test_strangers_read_what_is_exported(tmp_path: Path, suffix: str) -> None:
    made = cut(track(clip(0, 24, "a"), clip(48, 72, "b"), clip(72, 100, "c")))
    out = tmp_path / f"new{suffix}"
    save_cut(CutFile(tmp_path / "none", "", [made]), made, (), out)
    assert across.stranger(out, 24.0) == across.Seen(
        {("a", 0, 24): 1, ("b", 48, 72): 1, ("c", 72, 100): 1}
    )


def test_what_lies_over_its_neighbour_begins_after_it(tmp_path: Path) -> None:
    made = cut(track(clip(0, 24, "a"), clip(12, 36, "b"), clip(30, 34, "c")))
    out = tmp_path / "over.otio"
    notes = save_cut(CutFile(tmp_path / "none", "", [made]), made, (), out)
    items: list[Item] = open_cut_file(out).cuts[0].tracks[0].items
    assert [(i.name, i.start, i.end) for i in items] == [("a", 0, 24), ("b", 24, 36)]
    assert items[1].source_time(24, made.rate) == made.tracks[0].items[1].source_time(24, made.rate)
    assert any("“b”" in note and "begins where" in note for note in notes)
    assert any("“c”" in note and "left out" in note for note in notes)
    assert all(i.kind is ItemKind.CLIP for i in items)
