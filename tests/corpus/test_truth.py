"""Gaps in real timelines, against gaps computed without any of our code."""

from __future__ import annotations

import pytest
from tests.corpus.truth import found, rows

pytestmark = pytest.mark.corpus

NOT_A_CUT = {"filter"}
"""Rows for files that hold no timeline at all; they are refused, which is tested elsewhere."""


def test_every_sequence_agrees(corpus):
    wrong = []
    for row in rows(corpus):
        if row.kind in NOT_A_CUT or "nested" in row.kind:
            continue
        mine = found(corpus / "timelines" / row.path, row.sequence)
        wrong += [
            f"{row.path}#{row.sequence} {kind.value}: truth {truth}, found {mine[kind]}"
            for kind, truth in row.positions.items()
            if mine[kind] != truth
        ]
    assert wrong == []
