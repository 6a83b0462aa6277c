"""`pickup fill` and `pickup takes`, as typed: what they say, write, ask and refuse."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from tests.e2e.footage import scene
from tests.unit.fill.made import Local, Service, offer

from pickup.cli.main import run
from pickup.jobs.ledger import Ledger
from pickup.providers.base import Refusal
from pickup.shots.plan import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.testing.fake_provider import FakeProvider

MODEL = ("--model", "fake:fake-1")


class Typed(io.StringIO):
    """A terminal at which somebody answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """Two gaps of 30 and 20 frames, and a slip of 6."""
    return scene(tmp_path, 24, (24, 30, 24, 6, 24, 20, 24)).cut


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return offer(monkeypatch, Service)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return offer(monkeypatch, Local)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Typed]:
    def typed(*lines: str) -> Typed:
        said = Typed()
        monkeypatch.setattr(sys, "stdin", Typed("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr(sys, "stderr", said)
        return said

    return typed


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def takes_of(cut: Path) -> list[dict[str, Any]]:
    folder = cut.with_name("scene.pickup") / "takes"
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


class TestWhatItWrites:
    def test_beside_the_cut_and_nothing_else(self, cut: Path, local: FakeProvider, capsys):
        before = {p: p.read_bytes() for p in cut.parent.rglob("*") if p.is_file()}
        assert run(["fill", str(cut), *MODEL]) == 0
        for path, data in before.items():
            assert path.read_bytes() == data
        new = files(cut.parent) - {p.relative_to(cut.parent).as_posix() for p in before}
        assert {name.partition("/")[0] for name in new} == {"scene.filled.otio", "scene.pickup"}
        inside = {name.partition("/")[2] for name in new if "/" in name}
        assert {"plan.json", "report.html", "state.json"} <= inside
        assert {"takes/pk010_t01.mov", "takes/pk010_t01.json", "takes/pk020_t01.xmp"} <= inside
        assert {"frames/pk010_first.png", "frames/pk010_last.png"} <= inside

    def test_it_says_what_stands_where(self, cut: Path, local: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL])
        out, err = capsys.readouterr()
        lines = out.splitlines()
        assert lines[0].split("\t") == ["shot", "timecode", "frames", "model", "cost", "words"]
        assert lines[1].split("\t")[:4] == ["pk010_t01", "00:00:01:00", "30", "fake:fake-1"]
        assert lines[-2] == f"Filled cut: {cut.with_name('scene.filled.otio')}"
        assert lines[-1] == f"Report: {cut.with_name('scene.pickup') / 'report.html'}"
        assert "Note: 1 shorter hole left alone (see --min-frames)." in err

    @pytest.mark.parametrize("suffix", ["xml", "fcpxml", "edl"])
    def test_the_format_follows_the_ending(
        self, cut: Path, local: FakeProvider, capsys, suffix: str
    ):
        out = cut.with_name(f"out.{suffix}")
        assert run(["fill", str(cut), *MODEL, "-o", str(out)]) == 0
        assert f"Filled cut: {out}" in capsys.readouterr().out
        assert out.stat().st_size > 0

    def test_an_ending_that_cannot_be_written_is_refused_before_anything(
        self, cut: Path, service: FakeProvider, capsys
    ):
        assert run(["fill", str(cut), *MODEL, "--yes", "-o", str(cut.with_name("out.mov"))]) == 2
        assert "out.mov" in capsys.readouterr().err
        assert service.charges() == []
        assert not cut.with_name("scene.pickup").exists()

    def test_the_cut_itself_is_never_written_over(self, cut: Path, local: FakeProvider, capsys):
        kept = cut.read_bytes()
        assert run(["fill", str(cut), *MODEL, "-o", str(cut)]) == 2
        assert cut.read_bytes() == kept
        assert "Choose another name with -o" in capsys.readouterr().err

    def test_nor_what_an_editor_has_worked_on(self, cut: Path, local: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL])
        filled = cut.with_name("scene.filled.otio")
        filled.write_text(filled.read_text("utf-8") + "\n", "utf-8")
        kept = filled.read_bytes()
        assert run(["fill", str(cut), *MODEL]) == 0
        assert filled.read_bytes() == kept
        assert "scene.filled-2.otio" in capsys.readouterr().out

    def test_a_whole_cut_is_left_alone(self, tmp_path: Path, capsys):
        whole = scene(tmp_path, 24, (48,)).cut
        assert run(["fill", str(whole)]) == 0
        out = capsys.readouterr().out
        assert out == "scene.otio has no gap to fill; nothing was written.\n"
        assert files(tmp_path) == {"scene.otio", "media/A000.mov"}

    @pytest.mark.parametrize("kinds", ["slug", "title,offline"])
    def test_only_kinds_that_were_asked_for(self, cut: Path, capsys, kinds: str):
        assert run(["fill", str(cut), "--kinds", kinds]) == 0
        assert "no gap to fill" in capsys.readouterr().out

    def test_shorter_gaps_where_they_are_wanted(self, cut: Path, local: FakeProvider):
        assert run(["fill", str(cut), *MODEL, "--min-frames", "6"]) == 0
        assert [take["visible"] for take in takes_of(cut)] == [30, 6, 20]

    def test_handles_and_picture_size_as_asked(self, cut: Path):
        asked = ["--handles", "3", "--raster", "128x96"]
        assert run(["fill", str(cut), *asked]) == 0
        for take in takes_of(cut):
            assert (take["frames"] - take["visible"], take["head"]) == (6, 3)
            assert (take["width"], take["height"]) == (128, 96)

    def test_the_placed_clips_carry_what_the_design_fixes(self, cut: Path, local: FakeProvider):
        run(["fill", str(cut), *MODEL])
        timeline = otio.adapters.read_from_file(str(cut.with_name("scene.filled.otio")))
        ours = [clip for clip in timeline.find_clips() if "pickup" in clip.metadata]
        for clip in ours:
            assert set(clip.metadata["pickup"]) == {
                *("schema", "shot", "gap", "take", "provider", "model", "prompt", "negative"),
                *("seed", "cost_usd", "created", "request_sha256", "source", "synthetic"),
            }
            assert clip.metadata["pickup"]["synthetic"] is True
        assert len(ours) == 2


class TestMoney:
    def test_without_a_terminal_and_a_yes_nothing_is_ordered(
        self, cut: Path, service: FakeProvider, capsys, monkeypatch
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO("y\ny\n"))
        assert run(["fill", str(cut), *MODEL]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "Say --yes to agree for this run, or choose another --model." in err
        assert service.charges() == []
        assert files(cut.parent) >= {"scene.pickup/plan.json"}
        assert not cut.with_name("scene.filled.otio").exists()

    def test_the_estimate_of_each_shot_and_of_all_comes_first(
        self, cut: Path, service: FakeProvider, capsys
    ):
        assert run(["fill", str(cut), *MODEL, "--yes"]) == 0
        err = capsys.readouterr().err.splitlines()
        shots = [line for line in err if line.startswith("pk0") and "up to $" in line]
        assert [line.partition(":")[0] for line in shots] == ["pk010 take 1", "pk020 take 1"]
        total = sum(float(line.rpartition("$")[2]) for line in shots)
        (whole,) = [line for line in err if line.startswith("In all up to $")]
        assert float(whole.rpartition("$")[2].rstrip(".")) == pytest.approx(total, abs=0.011)
        assert any(line.startswith("Upload: pk010: its words") for line in err)

    def test_a_yes_typed_orders(self, cut: Path, service: FakeProvider, answers):
        said = answers("y", "y")
        assert run(["fill", str(cut), *MODEL]) == 0
        assert "Order this?" in said.getvalue()
        assert len(service.charges()) == 2

    @pytest.mark.parametrize("typed", [("n",), ("y", "n"), ("", ""), ("y", "")])
    def test_anything_else_does_not(self, cut: Path, service: FakeProvider, answers, typed):
        answers(*typed)
        assert run(["fill", str(cut), *MODEL]) == 2
        assert service.charges() == []

    def test_no_answer_at_all_does_not_either(self, cut: Path, service: FakeProvider, answers):
        answers()
        assert run(["fill", str(cut), *MODEL]) == 130
        assert service.charges() == []

    def test_over_the_budget_is_a_refusal(self, cut: Path, service: FakeProvider, capsys):
        assert run(["fill", str(cut), *MODEL, "--yes", "--budget", "$0.10"]) == 1
        assert "the budget of this run is $0.10" in capsys.readouterr().err
        assert service.charges() == []

    def test_what_was_reported_stands_in_the_table(self, cut: Path, service: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL, "--yes"])
        rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
        costs = {row[0]: row[4] for row in rows if row[0].startswith("pk0")}
        assert costs == {"pk010_t01": "$0.12", "pk020_t01": "$0.08"}

    def test_two_runs_at_the_cap_get_what_one_may(self, cut: Path, service: FakeProvider, capsys):
        from pickup.home import home

        home().mkdir(parents=True, exist_ok=True)
        (home() / "settings.toml").write_text("month_usd = 0.40", "utf-8")
        assert run(["fill", str(cut), *MODEL, "--yes"]) == 0
        assert run(["fill", str(cut), *MODEL, "--yes", "--takes", "4"]) == 1
        assert "the monthly cap is $0.40" in capsys.readouterr().err
        with Ledger.open() as ledger:
            assert float(ledger.spent()) <= 0.40


class TestWhatWasNotFilled:
    def test_is_named_with_its_reason_and_the_status_is_one(
        self, cut: Path, service: FakeProvider, capsys
    ):
        service.fail_next(Refusal.MODERATION, message="The words name a person. Change them.")
        assert run(["fill", str(cut), *MODEL, "--yes"]) == 1
        out, err = capsys.readouterr()
        assert "was not filled: The words name a person. Change them." in err
        assert "Filled cut:" in out, "the others are"

    def test_a_service_steers_no_terminal(self, cut: Path, service: FakeProvider, capsys):
        service.fail_next(Refusal.MODERATION, message="evil \x1b[2J\x07 words")
        run(["fill", str(cut), *MODEL, "--yes"])
        assert not set("\x1b\x07") & set("".join(capsys.readouterr()))

    def test_the_next_run_fills_it(self, cut: Path, service: FakeProvider, capsys):
        service.fail_next(Refusal.MODERATION)
        assert run(["fill", str(cut), *MODEL, "--yes"]) == 1
        assert run(["fill", str(cut), *MODEL, "--yes"]) == 0
        assert len(service.charges()) == 2


class TestPlansAndRetakes:
    def test_a_plan_that_was_written_is_followed(self, cut: Path, local: FakeProvider):
        plan = cut.with_name("mine.json")
        run(["plan", str(cut), *MODEL, "-o", str(plan)])
        data = json.loads(plan.read_text("utf-8"))
        data["shots"][1]["text"] = "an empty quay at dawn"
        plan.write_text(json.dumps(data), "utf-8")
        assert run(["fill", str(cut), "--plan", str(plan)]) == 0
        assert [take["record"]["prompt"] for take in takes_of(cut)][1] == "an empty quay at dawn"

    def test_a_plan_that_is_none_is_refused(self, cut: Path, capsys):
        assert run(["fill", str(cut), "--plan", str(cut)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert run(["fill", str(cut), "--plan", "nowhere.json"]) == 2
        assert "nowhere.json" in capsys.readouterr().err

    def test_a_retake_and_back_again_for_nothing(self, cut: Path, service: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL, "--yes"])
        assert run(["fill", str(cut), *MODEL, "--yes", "--retake", "pk020"]) == 0
        assert len(service.charges()) == 3
        capsys.readouterr()
        assert run(["takes", str(cut), "--choose", "pk020_t01"]) == 0
        assert run(["fill", str(cut), *MODEL]) == 0, "nobody is asked: nothing is ordered"
        assert len(service.charges()) == 3
        assert "pk020_t01" in capsys.readouterr().out

    def test_four_takes_at_once(self, cut: Path, local: FakeProvider, capsys):
        assert run(["fill", str(cut), *MODEL, "--takes", "4"]) == 0
        found = takes_of(cut)
        assert len(found) == 8
        seeds = [take["record"]["seed"] for take in found if take["record"]["shot"] == "pk010"]
        assert len(set(seeds)) == 4
        capsys.readouterr()
        run(["takes", str(cut)])
        rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
        assert [row[0] for row in rows if row[1] == "chosen"] == ["pk010_t01", "pk020_t01"]

    def test_the_plan_knows_how_many_takes(self, cut: Path, local: FakeProvider):
        run(["fill", str(cut), *MODEL, "--takes", "2"])
        plan = read_plan(cut.with_name("scene.pickup") / "plan.json")
        assert {shot.takes for shot in plan.shots} == {2}


class TestTakes:
    def test_what_there_is(self, cut: Path, local: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL])
        capsys.readouterr()
        assert run(["takes", str(cut)]) == 0
        lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
        assert lines[0][:6] == ["take", "", "frames", "model", "cost", "file"]
        assert lines[1][:6] == [
            *("pk010_t01", "chosen", "30", "fake:fake-1", "$0.12", "pk010_t01.mov")
        ]

    def test_what_a_take_was_made_from(self, cut: Path, local: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL])
        retake = ["--retake", "pk010", "--of", "1", "--words", "at dusk"]
        assert run(["fill", str(cut), *MODEL, *retake]) == 0
        capsys.readouterr()
        run(["takes", str(cut)])
        head, *rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
        at = head.index("made from")
        assert {row[0]: row[at] for row in rows} == {
            "pk010_t01": "–",
            "pk010_t02": "pk010_t01, remix",
            "pk020_t01": "–",
        }

    def test_none_yet(self, cut: Path, capsys):
        assert run(["takes", str(cut)]) == 0
        assert "scene.otio has no takes yet; “pickup fill scene.otio” makes some." in (
            capsys.readouterr().out
        )

    def test_a_cut_that_is_not_there(self, tmp_path: Path, capsys):
        assert run(["takes", str(tmp_path / "missing.otio")]) == 2
        assert "missing.otio: there is no such file" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["pk010", "_t01", "pk010_t", "pk010_tone", "pk010-01", "t01"])
    def test_what_names_no_take(self, cut: Path, capsys, name: str):
        assert run(["takes", str(cut), "--choose", name]) == 2
        assert "they are called like pk010_t02" in capsys.readouterr().err

    def test_one_that_is_not_there(self, cut: Path, local: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL])
        assert run(["takes", str(cut), "--choose", "pk010_t07"]) == 2
        assert "Shot pk010 has no take 7; it has 1." in capsys.readouterr().err

    def test_choosing_says_how_to_go_on(self, cut: Path, local: FakeProvider, capsys):
        run(["fill", str(cut), *MODEL, "--takes", "2"])
        capsys.readouterr()
        assert run(["takes", str(cut), "--choose", "pk010_t02"]) == 0
        assert "Run “pickup fill scene.otio” again to place it." in capsys.readouterr().out
        chosen = [take["record"]["take"] for take in takes_of(cut) if take["chosen"]]
        assert chosen == [2, 1]


@pytest.mark.parametrize("options", [["-o", "out.otio"], ["--as", "premiere"]], ids=str)
def test_what_is_open_in_a_program_is_written_to_no_file(options: list[str], capsys):
    assert run(["fill", "resolve:", *options]) == 2
    assert "“resolve:” is filled where it stands: leave out -o and --as." in capsys.readouterr().err
