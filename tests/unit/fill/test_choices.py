"""What a person has chosen is placed, and nothing is ordered in its stead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.fill.made import Made

from pickup.cli.main import run
from pickup.errors import RequestError
from pickup.fill.choices import choose_by_hand, hold_to, without_standing
from pickup.fill.takes import NEXT, choose, read_takes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def wanted(made: Made, **changes: Any) -> list[str]:
    """What is filmed by a fill of the cut with these changes."""
    planned = made.planned(**changes)
    hold_to(planned, made.folder, "h264")
    return [shot.id for shot in without_standing(planned, made.folder).shots]


def test_without_a_choice_all_is_looked_into(made: Made):
    made.take(1, chosen=True)
    assert wanted(made) == ["pk010", "pk020"]


def test_a_choice_by_hand_stands_whatever_the_shot_has_become(made: Made):
    made.take(1)
    choose_by_hand(made.folder, "pk010", 1)
    assert wanted(made, text="other words") == ["pk020"]


def test_it_stands_for_the_request_that_the_next_fill_finds(made: Made):
    made.take(1)
    choose_by_hand(made.folder, "pk010", 1)
    wanted(made, text="other words")
    assert wanted(made, text="other words") == ["pk020"], "and for that one it keeps standing"
    assert wanted(made, text="words changed once more") == ["pk010", "pk020"]


@pytest.mark.parametrize(
    "changes", [{"takes": 2}, {"frames": 31}], ids=["more takes", "another length"]
)
def test_it_does_not_stand_for_what_it_is_not(made: Made, changes: dict[str, Any]):
    made.take(1)
    choose_by_hand(made.folder, "pk010", 1)
    assert "pk010" in wanted(made, **changes)


def test_as_many_takes_as_are_wanted_are_enough(made: Made):
    made.take(1)
    made.take(2)
    choose_by_hand(made.folder, "pk010", 1)
    assert wanted(made, takes=2, text="other words") == ["pk020"]


def test_its_file_has_to_be_there(made: Made):
    made.take(1).unlink()
    choose_by_hand(made.folder, "pk010", 1)
    assert wanted(made) == ["pk010", "pk020"]


def test_a_new_take_ends_the_old_ones_standing(made: Made):
    made.take(1)
    made.take(2)
    choose_by_hand(made.folder, "pk010", 1)
    choose(made.folder, "pk010", 2)
    assert [(t.chosen, t.stands_for) for t in read_takes(made.folder)] == [(False, ""), (True, "")]
    choose_by_hand(made.folder, "pk010", 2)
    assert read_takes(made.folder)[1].stands_for == NEXT


def test_another_delivery_is_said(made: Made):
    made.take(1)
    choose_by_hand(made.folder, "pk010", 1)
    notes = hold_to(made.planned(), made.folder, "exr")
    assert notes == ["pk010_t01 was chosen as it is: it stays h264."]


def test_the_delivery_that_it_has_needs_no_word(made: Made):
    made.take(1)
    choose_by_hand(made.folder, "pk010", 1)
    assert hold_to(made.planned(), made.folder, "h264") == []


def test_to_look_what_would_be_filmed_binds_no_choice(made: Made):
    made.take(1)
    choose_by_hand(made.folder, "pk010", 1)
    left = without_standing(made.planned(text="other words"), made.folder)
    assert [shot.id for shot in left.shots] == ["pk020"]
    assert read_takes(made.folder)[0].stands_for == NEXT
    assert wanted(made, text="words of the fill itself") == ["pk020"]


def test_a_take_that_is_not_there_is_refused_by_name(made: Made):
    made.take(2)
    with pytest.raises(RequestError, match="pk010 has no take 1; it has 2"):
        choose_by_hand(made.folder, "pk010", 1)
    with pytest.raises(RequestError, match="pk070 has no take 1; it has none"):
        choose_by_hand(made.folder, "pk070", 1)


class TestOnTheCommandLine:
    """The cut's frames change under its takes; a choice made after that costs nothing."""

    def swap(self, cut: Path) -> None:
        """The editor puts another clip before the gap."""
        data = json.loads(cut.read_text("utf-8"))
        clip = data["tracks"]["children"][0]["children"][0]
        clip["source_range"]["start_time"]["value"] += 5
        cut.write_text(json.dumps(data), "utf-8")

    def names(self, cut: Path) -> list[str]:
        takes = cut.with_name("scene.pickup") / "takes"
        return sorted(path.stem for path in takes.glob("*.json"))

    def placed(self, cut: Path) -> str:
        data = json.loads(cut.with_name("scene.filled.otio").read_text("utf-8"))
        (clip,) = [
            c for c in data["tracks"]["children"][0]["children"] if "pickup" in c["metadata"]
        ]
        return f"{clip['metadata']['pickup']['shot']}_t{clip['metadata']['pickup']['take']:02d}"

    def test_chosen_after_the_frames_have_changed(self, tmp_path: Path):
        cut = Made.scene(tmp_path)
        assert run(["fill", str(cut)]) == 0
        self.swap(cut)
        assert run(["takes", str(cut), "--choose", "pk010_t01"]) == 0
        for _ in range(2):
            assert run(["fill", str(cut)]) == 0
            assert (self.names(cut), self.placed(cut)) == (["pk010_t01"], "pk010_t01")
        self.swap(cut)
        assert run(["fill", str(cut)]) == 0
        assert (self.names(cut), self.placed(cut)) == (["pk010_t01", "pk010_t02"], "pk010_t02")
