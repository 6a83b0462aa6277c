"""The cuts that benchmarks are run on are what they say they are."""

from __future__ import annotations

from typing import Any

from benchmarks.cuts import resolve_like

from pickup.cut.model import ItemKind


def test_a_resolve_like_cut_has_as_many_items_as_asked(desk: Any) -> None:
    document = desk.read(resolve_like(400))
    items = [item for track in document.cuts[0].tracks for item in track.items]
    assert document.writer == "resolve"
    assert len(items) == 400
    assert sum(item.kind is ItemKind.HOLE for item in items) == 40
    assert resolve_like(400) == resolve_like(400)
