"""Pickup's commands on the timeline that is open in Resolve, typed as an editor would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.footage import film
from tests.unit.resolve.ways import served

from pickup.cli.main import main
from pickup.shots.plan import read_plan
from pickup_resolve.testing import FakeResolve, Lie
from pickup_resolve.testing.items import FakeTimelineItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NTSC = Fraction(30000, 1001)
GAPS = [(20, 38), (58, 70)]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeResolve]:
    """A free Resolve that runs the menu script; twenty frames stand beside each of two gaps."""
    fake = FakeResolve((20, 2, 1, 6), studio=False, rate=NTSC, start=107_892, drop_frame=True)
    (media,) = fake.project._pool.ImportMedia([str(film(tmp_path / "A004.mov", 90, NTSC))])
    for name, start, left in (("A", 0, 0), ("B", 38, 30), ("C", 70, 60)):
        at = fake.timeline._start + start
        item = FakeTimelineItem(fake, fake.timeline, name, at, at + 20, media=media)
        item._left = left
        fake.timeline._tracks["video"][0].items.append(item)
    session = tmp_path / "bridge.json"
    monkeypatch.setenv("PICKUP_RESOLVE_BRIDGE", str(session))
    with served(fake) as server:
        server.write_session(session)
        yield fake


@dataclass
class Done:
    """What a command came to: its exit status, and all that it said."""

    exit_code: int
    output: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def run(*arguments: str) -> Done:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, said.out + said.err)

    return run


def standing(fake: FakeResolve) -> list[tuple[int, int]]:
    timeline = fake.project._current
    assert timeline is not None
    items = timeline._tracks["video"][0].sorted()
    return [(i._start - timeline._start, i._end - timeline._start) for i in items]


FILL = ("--model", "animatic", "--raster", "96x64", "--budget", "0", "--yes")


def test_the_gaps_of_the_open_timeline_are_listed(run, fake: FakeResolve):
    said = json.loads(run("gaps", "resolve:", "--json").output)
    (sequence,) = said["sequences"]
    assert sequence["name"] == "Scene 4"
    assert (sequence["rate"], sequence["drop_frame"]) == ("30000/1001", True)
    assert [(g["start"], g["start"] + g["duration"]) for g in sequence["gaps"]] == GAPS
    assert sequence["gaps"][0]["timecode"] == "01:00:00;20"
    assert "2 gaps to fill" in run("gaps", "resolve:").output


def test_only_the_gaps_that_the_marks_touch_are_listed(run, fake: FakeResolve):
    fake.timeline._playhead = fake.timeline._start + 60
    said = json.loads(run("gaps", "resolve:playhead", "--json").output)
    assert [gap["start"] for gap in said["sequences"][0]["gaps"]] == [58]


def test_it_is_filled_where_it_stands_and_said_so(run, fake: FakeResolve):
    done = run("fill", "resolve:", *FILL)
    assert done.exit_code == 0, done.output
    assert standing(fake) == [(0, 20), (20, 38), (38, 58), (58, 70), (70, 90)]
    assert "2 clips placed on “Scene 4”." in done.output
    assert "kept as “Scene 4 before Pickup" in done.output
    again = run("fill", "resolve:", *FILL)
    assert again.exit_code == 0
    assert "“Scene 4” has no gap to fill" in again.output


def test_takes_are_listed_chosen_and_switched_where_they_stand(run, fake: FakeResolve):
    assert "no takes yet" in run("takes", "resolve:").output
    run("fill", "resolve:", *FILL)
    run("fill", "resolve:", *FILL, "--retake", "pk010")
    listed = run("takes", "resolve:").output
    assert all(name in listed for name in ("pk010_t01", "pk010_t02", "pk020_t01"))
    chosen = run("takes", "resolve:", "--choose", "pk010_t01").output
    assert "“pickup fill resolve:” again to place it" in chosen
    item = fake.timeline._tracks["video"][0].sorted()[1]
    assert item._take == 2


def test_a_plan_is_written_and_filled(run, fake: FakeResolve, tmp_path: Path):
    path = tmp_path / "plan.json"
    done = run("plan", "resolve:inout", "-o", str(path), *FILL[:4])
    assert done.exit_code == 1
    assert "no in or out point" in done.output
    fake.timeline._marks = {"video": {"in": 0, "out": 30}}
    done = run("plan", "resolve:inout", "-o", str(path), *FILL[:4])
    assert "1 shot planned" in done.output
    assert [shot.gap.start for shot in read_plan(path).shots] == [20]
    assert run("fill", "resolve:", "--plan", str(path), *FILL).exit_code == 0
    assert (58, 70) not in standing(fake)


def test_what_resolve_refuses_is_told_for_its_shot(run, fake: FakeResolve):
    fake.lies.add(Lie.VANISHES_AT_EVERY_SAVE)
    done = run("fill", "resolve:", *FILL)
    assert done.exit_code == 1
    assert "pk020 was not filled" in done.output
    assert "1 clip placed on “Scene 4”." in done.output


@pytest.mark.parametrize("option", [("-o", "out.otio"), ("--as", "premiere")])
def test_no_file_is_written_for_it(run, fake: FakeResolve, option):
    done = run("fill", "resolve:", *FILL, *option)
    assert done.exit_code == 2
    assert "leave out -o and --as" in done.output
    assert standing(fake) == [(0, 20), (38, 58), (70, 90)]


def test_without_a_resolve_every_way_is_named_with_its_menus(run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PICKUP_RESOLVE_BRIDGE", str(tmp_path / "none.json"))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(tmp_path / "none.so"))
    for command in ("gaps", "plan", "fill", "takes", "panel"):
        done = run(command, "resolve:")
        assert done.exit_code in (1, 2), done.output
        assert "Workspace ▸ Scripts ▸ Pickup" in done.output
        assert "File ▸ Export ▸ Timeline" in done.output
        assert "File ▸ Import ▸ Timeline" in done.output


def test_a_limit_that_is_not_known_is_said_so(run, fake: FakeResolve):
    done = run("gaps", "resolve:everything")
    assert done.exit_code == 2
    assert "current, inout, playhead, selected" in done.output


def test_the_panel_opens_on_it(run, fake: FakeResolve, monkeypatch):
    from pickup_ui import app

    opened: dict[str, Any] = {}
    monkeypatch.setattr(app, "run", lambda cut, **given: opened.update(cut=cut, **given) or 0)
    assert run("panel", "resolve:").exit_code == 0
    assert opened["cut"] is None
    assert opened["host"].cut_path.stem == "Scene 4"
