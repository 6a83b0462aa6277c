"""`pickup gaps` and `pickup plan`: what they print, write and leave alone."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.e2e.footage import scene

from pickup.cli.gaps import counted
from pickup.cli.main import run
from pickup.shots.plan import read_plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.footage import Scene


@pytest.fixture
def made(tmp_path: Path) -> Scene:
    """Gaps of 30, 6 and 20 frames from an hour on, at 24 frames a second."""
    return scene(tmp_path, 24, (24, 30, 24, 6, 24, 20, 24), start=86400)


def edited(cut: Path, change: Any) -> None:
    timeline = otio.adapters.read_from_file(str(cut))
    change(timeline)
    otio.adapters.write_to_file(timeline, str(cut))


def marker(name: str, frame: int, color: str = "GREEN") -> Any:
    """A marker on the timeline itself."""
    where = otio.opentime.TimeRange(
        otio.opentime.RationalTime(frame, 24), otio.opentime.RationalTime(1, 24)
    )
    made = otio.schema.Marker(name=name, marked_range=where, color=color)
    return lambda timeline: timeline.tracks.markers.append(made)


class TestGapsJson:
    def told(self, capsys, *arguments: str) -> dict[str, Any]:
        assert run(["gaps", *arguments, "--json"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        found: dict[str, Any] = json.loads(out)
        return found

    def test_it_is_literally_what_the_design_fixes(self, made: Scene, capsys):
        edited(made.cut, marker("close on her hands", 30))
        told = self.told(capsys, str(made.cut))
        assert set(told) == {"cut", "sequences"}
        assert told["cut"] == "scene.otio"
        (sequence,) = told["sequences"]
        gaps = sequence.pop("gaps")
        assert sequence == {
            "name": "Scene 4",
            "rate": "24",
            "start": 86400,
            "duration": 152,
            "drop_frame": False,
        }
        first = gaps[0]
        assert list(first) == [
            *("id", "start", "duration", "timecode", "kind", "before", "after", "prompt")
        ]
        assert (first["start"], first["duration"]) == (24, 30)
        assert (first["timecode"], first["kind"]) == ("01:00:01:00", "empty")
        assert first["prompt"] == "close on her hands"
        assert first["before"] == {
            "name": "A000",
            "frame": 33,
            "media": str(made.cut.parent / "media" / "A000.mov"),
        }
        assert first["after"]["frame"] == 10

    def test_where_nothing_stands_beside_there_is_null(self, tmp_path: Path, capsys):
        timeline = otio.schema.Timeline("Scene")
        track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
        length = otio.opentime.RationalTime(24, 24)
        track.append(otio.schema.Gap(duration=length))
        track.append(
            otio.schema.Clip(
                "B",
                otio.schema.MissingReference(),
                otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), length),
            )
        )
        timeline.tracks.append(track)
        cut = tmp_path / "cut.otio"
        otio.adapters.write_to_file(timeline, str(cut))
        gaps = self.told(capsys, str(cut))["sequences"][0]["gaps"]
        assert gaps[0]["before"] is None
        assert gaps[0]["after"]["name"] == "B"

    @pytest.mark.parametrize(
        ("rate", "text"),
        [(Fraction(24000, 1001), "24000/1001"), (25, "25"), (Fraction(60000, 1001), "60000/1001")],
    )
    def test_a_rate_is_a_fraction_or_a_whole_number_as_text(
        self, tmp_path: Path, capsys, rate: Any, text: str
    ):
        cut = scene(tmp_path, rate).cut
        assert self.told(capsys, str(cut))["sequences"][0]["rate"] == text

    def test_ids_are_stable(self, made: Scene, capsys):
        def ids() -> list[str]:
            told = self.told(capsys, str(made.cut))
            return [gap["id"] for gap in told["sequences"][0]["gaps"]]

        before = ids()
        assert ids() == before
        edited(made.cut, marker("words change no gap", 30))
        assert ids() == before
        assert len(set(before)) == len(before)

    @pytest.mark.parametrize(
        ("arguments", "starts"),
        [
            ((), [24, 108]),
            (("--min-frames", "6"), [24, 78, 108]),
            (("--min-frames", "21"), [24]),
            (("--min-frames", "31"), []),
            (("--kinds", "slug"), []),
            (("--kinds", "empty"), [24, 108]),
        ],
    )
    def test_which_are_listed(self, made: Scene, capsys, arguments, starts):
        told = self.told(capsys, str(made.cut), *arguments)
        assert [gap["start"] for gap in told["sequences"][0]["gaps"]] == starts

    def test_names_of_any_script_are_as_they_are(self, made: Scene, capsys):
        edited(made.cut, lambda timeline: setattr(timeline, "name", "場面「四」"))
        assert run(["gaps", str(made.cut), "--json"]) == 0
        assert "場面「四」" in capsys.readouterr().out

    def test_one_sequence_by_name(self, made: Scene, capsys):
        assert self.told(capsys, str(made.cut), "--sequence", "Scene 4")["sequences"]
        assert run(["gaps", str(made.cut), "--sequence", "Scene 9", "--json"]) == 2
        out, err = capsys.readouterr()
        assert out == "", "also in failure, only JSON is ever printed"
        assert "Scene 9" in err


class TestGapsForPeople:
    def test_a_line_for_each_and_the_sum(self, made: Scene, capsys):
        assert run(["gaps", str(made.cut)]) == 0
        out, err = capsys.readouterr()
        lines = out.splitlines()
        assert lines[0] == "Scene 4: 2 gaps to fill in 00:00:06:08 at 24 frames a second"
        assert lines[1].split("\t") == ["start", "frames", "kind", "before", "after", "words"]
        assert lines[2].split("\t") == ["01:00:01:00", "30", "empty", "A000", "A002", "–"]
        assert "1 shorter hole left alone (see --min-frames)." in err

    def test_a_rate_is_told_as_editors_say_it(self, tmp_path: Path, capsys):
        run(["gaps", str(scene(tmp_path, Fraction(24000, 1001)).cut)])
        assert "at 23.976 frames a second" in capsys.readouterr().out

    def test_a_whole_cut_says_so(self, tmp_path: Path, capsys):
        assert run(["gaps", str(scene(tmp_path, 24, (48,)).cut)]) == 0
        out, _ = capsys.readouterr()
        assert out == "Scene 4: no gaps to fill in 00:00:02:00 at 24 frames a second\n"

    def test_a_hostile_name_steers_no_terminal(self, made: Scene, capsys):
        edited(made.cut, lambda timeline: setattr(timeline, "name", "evil\x1b]0;x\x07"))
        assert run(["gaps", str(made.cut)]) == 0
        assert not set("\x1b\x07") & set("".join(capsys.readouterr()))

    def test_looking_changes_nothing(self, made: Scene):
        before = {p: p.read_bytes() for p in made.cut.parent.rglob("*") if p.is_file()}
        run(["gaps", str(made.cut)])
        run(["gaps", str(made.cut), "--json"])
        after = {p: p.read_bytes() for p in made.cut.parent.rglob("*") if p.is_file()}
        assert after == before

    @pytest.mark.parametrize(
        ("number", "words"), [(0, "no gaps"), (1, "1 gap"), (2, "2 gaps"), (1000, "1000 gaps")]
    )
    def test_numbers_in_words(self, number: int, words: str):
        assert counted(number, "gap") == words

    @pytest.mark.parametrize(
        ("words", "color", "asked"),
        [("pickup: fog", "GREEN", True), ("fog", "PINK", True), ("fog", "GREEN", False)],
    )
    def test_markers_over_picture_ask_by_word_or_colour(
        self, made: Scene, capsys, words: str, color: str, asked: bool
    ):
        def span(timeline: Any) -> None:
            where = otio.opentime.TimeRange(
                otio.opentime.RationalTime(2, 24), otio.opentime.RationalTime(16, 24)
            )
            timeline.tracks.markers.append(
                otio.schema.Marker(name=words, marked_range=where, color=color)
            )

        edited(made.cut, span)
        run(["gaps", str(made.cut), "--json", "--kinds", "marked", "--marker-color", "PINK"])
        (sequence,) = json.loads(capsys.readouterr().out)["sequences"]
        found = [(gap["start"], gap["duration"]) for gap in sequence["gaps"]]
        assert ((2, 16) in found) is asked


class TestPlan:
    def test_into_the_folder_where_no_name_is_given(self, made: Scene, capsys):
        assert run(["plan", str(made.cut)]) == 0
        plan = made.cut.parent / "scene.pickup" / "plan.json"
        assert capsys.readouterr().out == f"2 shots planned: {plan}\n"
        assert [shot.id for shot in read_plan(plan).shots] == ["pk010", "pk020"]

    def test_under_the_name_that_is_given_and_nowhere_else(self, made: Scene, tmp_path: Path):
        out = tmp_path / "plans" / "mine.json"
        out.parent.mkdir()
        assert run(["plan", str(made.cut), "-o", str(out)]) == 0
        assert len(read_plan(out).shots) == 2
        assert not (tmp_path / "scene.pickup" / "plan.json").exists()

    def test_only_a_plan_is_written_over(self, made: Scene, capsys):
        kept = made.cut.read_bytes()
        assert run(["plan", str(made.cut), "-o", str(made.cut)]) == 2
        assert made.cut.read_bytes() == kept
        out = made.cut.with_name("plan.json")
        for _ in range(2):
            assert run(["plan", str(made.cut), "-o", str(out)]) == 0

    def test_what_was_asked_of_all_shots(self, made: Scene):
        out = made.cut.with_name("plan.json")
        asked = ["--raster", "640x360", "--takes", "3", "--handles", "4", "--model", "animatic"]
        assert run(["plan", str(made.cut), "-o", str(out), *asked, "--no-lettering"]) == 0
        for shot in read_plan(out).shots:
            assert (shot.width, shot.height, shot.takes, shot.handles) == (640, 360, 3, 4)
            assert (shot.model, shot.lettering) == ("animatic", False)

    def test_a_look_goes_into_every_shot(self, made: Scene, tmp_path: Path):
        look = tmp_path / "look.toml"
        look.write_text('style = "35 mm, Kodak 5219"\n', "utf-8")
        out = tmp_path / "plan.json"
        assert run(["plan", str(made.cut), "-o", str(out), "--look", str(look)]) == 0
        assert all("Kodak 5219" in shot.text for shot in read_plan(out).shots)

    @pytest.mark.parametrize("text", ["style = ", "unheard_of = 1", "\x00"])
    def test_a_look_that_is_none_is_refused(self, made: Scene, tmp_path: Path, capsys, text: str):
        look = tmp_path / "look.toml"
        look.write_text(text, "utf-8")
        assert run(["plan", str(made.cut), "--look", str(look)]) == 2
        assert "look.toml" in capsys.readouterr().err
        assert not (tmp_path / "scene.pickup").exists()

    def test_a_model_that_is_not_known_is_told_before_any_work(self, made: Scene, capsys):
        assert run(["plan", str(made.cut), "--model", "nobody:m"]) == 2
        assert "nobody" in capsys.readouterr().err
        assert not (made.cut.parent / "scene.pickup").exists()

    def test_frames_that_could_not_be_had_are_counted(self, made: Scene, capsys):
        (made.cut.parent / "media" / "A000.mov").unlink()
        assert run(["plan", str(made.cut)]) == 0
        err = capsys.readouterr().err
        assert "1 reference frame could not be had; the plan says why." in err

    def test_a_plan_names_its_cut_and_sequence(self, made: Scene):
        run(["plan", str(made.cut)])
        plan = read_plan(made.cut.parent / "scene.pickup" / "plan.json")
        assert (plan.cut, plan.sequence) == ("scene.otio", "Scene 4")

    def test_planning_twice_keeps_the_names(self, made: Scene):
        run(["plan", str(made.cut)])
        edited(made.cut, lambda timeline: timeline.tracks[0].pop(1))
        run(["plan", str(made.cut)])
        plan = read_plan(made.cut.parent / "scene.pickup" / "plan.json")
        assert [shot.id for shot in plan.shots] == ["pk020"]

    def test_planning_orders_and_writes_no_cut(self, made: Scene):
        run(["plan", str(made.cut)])
        assert list(made.cut.parent.glob("*.filled.*")) == []
        assert not (made.cut.parent / "scene.pickup" / "takes").exists()
