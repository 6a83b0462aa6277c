"""The panel orders a gap in pieces as the command line does: one after the other, all paid once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.contract.test_pieces_by_service import HOLE, Studio, studio

from pickup.fill.prepare import ShotSettings
from pickup.hosts.file import FileHost
from pickup.testing.fakes.server import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pickup_ui.work.opening import Opened
    from pickup_ui.work.steps import Step


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    pytest.importorskip("pickup_ui")
    with studio(tmp_path, "fal") as one:
        for name, value in one.settings.items():
            monkeypatch.setenv(name, value)
        yield one


def opened(made: Studio) -> Opened:
    from pickup_ui.work.opening import Preferences, open_cut

    preferences = Preferences(shots=ShotSettings(model=made.model))
    return open_cut(FileHost(made.cut, made.cut.with_name("out.otio")), preferences)


def order(cut: Opened) -> list[Step]:
    from pickup_ui.work.ordering import make, quote
    from pickup_ui.work.steps import Job

    told: list[Step] = []
    asked = quote(cut, cut.shots, "h264")
    assert not asked.refused
    make(Job(cut.folder, "h264"), asked.wanted, told.append, lambda: False)
    return told


def test_a_long_gap_is_shown_as_pieces_and_filled_whole(made: Studio):
    from pickup_ui.work.opening import with_takes
    from pickup_ui.work.steps import Phase

    cut = opened(made)
    assert [shot.id for shot in cut.shots] == ["pk010", "pk011"]
    assert "in 2 pieces" in " ".join(cut.notes)
    told = order(cut)
    ready = [step.shot for step in told if step.phase is Phase.READY]
    assert ready == ["pk010", "pk011"]
    takes = with_takes(cut).takes
    assert sum(takes[shot.id][0].visible for shot in cut.shots) == HOLE
    assert made.fake.charges == 2
    assert order(cut) == [], "what is there is not ordered again"


def test_a_piece_whose_beginning_failed_says_so(made: Studio):
    from pickup_ui.work.steps import Phase

    made.fake.outcome_next(Outcome.MODERATION)
    failed = {step.shot: step.message for step in order(opened(made)) if step.phase is Phase.FAILED}
    assert set(failed) == {"pk010", "pk011"}
    assert "last frame of pk010" in failed["pk011"]
    assert len(made.fake.asked("order")) == 1


def test_a_cut_opens_also_where_the_model_is_unknown(made: Studio):
    made.model = "nobody:knows"
    cut = opened(made)
    assert len(cut.shots) == 1
    assert "nobody" in " ".join(cut.notes)
