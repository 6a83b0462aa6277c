"""Killed in the middle of a placement: the next start shows what is half done, and undoes it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.resolve.scenes import Scene, build, check, placements, ranges
from tests.unit.resolve.ways import served

from pickup.errors import PickupError
from pickup_resolve import journal
from pickup_resolve.api import Resolve
from pickup_resolve.checks import checks
from pickup_resolve.errors import ResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.recovery import settle
from pickup_resolve.testing.items import FakeTimelineItem

ROOT = Path(__file__).resolve().parents[3]


def kill_at(scene: Scene, tmp_path: Path, call: str, count: int) -> None:
    """Have another process fill over a bridge, and kill it in the middle of a call."""
    child: subprocess.Popen[bytes] | None = None
    seen = 0

    def on_call(name: str) -> None:
        nonlocal seen
        seen += name == call
        if name == call and seen == count and child is not None:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()

    scene.fake.on_call = on_call
    with served(scene.fake) as server:
        session = tmp_path / "bridge.json"
        server.write_session(session)
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.resolve.place_once", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PICKUP_RESOLVE_BRIDGE": str(session)},
        )
        assert child.wait(timeout=60) == -signal.SIGKILL
    scene.fake.on_call = None


@pytest.mark.parametrize(
    ("call", "count"),
    [("DuplicateTimeline", 1), ("AppendToTimeline", 7), ("AddMarker", 3), ("SaveProject", 1)],
)
def test_the_next_start_undoes_and_finishes(tmp_path: Path, call, count):
    scene = build(tmp_path)
    kill_at(scene, tmp_path, call, count)
    half = sum(map(len, ranges(scene.timeline).values())) - sum(map(len, scene.before.values()))
    (left,) = journal.pending()
    assert (left.timeline_name, len(left.clips)) == ("Scene 4", 12)
    assert any("interrupted on “Scene 4” (12 clips)" in line for *_, line in checks())

    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    assert document.notes[0].startswith("An earlier placement was interrupted.")
    assert f" {half} of the 12 clips placed on “Scene 4” were there" in document.notes[0]
    assert ranges(scene.timeline) == scene.before
    assert not journal.pending()
    wanted = placements(tmp_path, document.cuts[0])
    assert not host.write(document, {0: wanted}).failed
    assert check(scene, wanted, set()) == 12


def interrupted(scene: Scene, tmp_path: Path, name: str = "AddMarker") -> None:
    """A placement that stops as if its process were gone, for what needs no real one."""

    class Gone(BaseException):
        pass

    def stop(called: str) -> None:
        if called == name:
            raise Gone

    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    scene.fake.on_call = stop
    with contextlib.suppress(Gone):
        host.write(document, {0: placements(tmp_path, document.cuts[0])})
    scene.fake.on_call = None


def test_the_editors_own_work_since_then_is_kept(tmp_path: Path):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    track = scene.timeline._tracks["video"][1]
    start = scene.timeline._start + 500
    track.items.append(FakeTimelineItem(scene.fake, scene.timeline, "New", start, start + 9))
    gone = scene.timeline._tracks["video"][0].items.pop(0)
    (note,) = settle(Resolve.of(scene.fake))
    assert "1 other items have changed since" in note
    assert "before Pickup" in note
    now = ranges(scene.timeline)
    assert ("New", start, start + 9) in now["video", 2]
    assert gone._name not in [name for name, *_ in now["video", 1]]
    assert not [name for name, *_ in now["video", 1] if name.startswith("pk")]


def test_the_timeline_open_now_stays_open(tmp_path: Path):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    other = scene.timeline.DuplicateTimeline("Other")
    scene.fake.project._current = other
    settle(Resolve.of(scene.fake))
    assert scene.fake.project._current is other
    assert ranges(scene.timeline) == scene.before


def test_a_placing_that_ends_meanwhile_is_not_undone(tmp_path: Path, monkeypatch):
    """Another Pickup places while this one begins to read, and is done when its turn comes."""
    scene = build(tmp_path)
    interrupted(scene, tmp_path, "SaveProject")
    there = ranges(scene.timeline)

    @contextlib.contextmanager
    def turn(patience: float = 5.0):
        for left in journal.pending():
            left.close()
        yield

    monkeypatch.setattr(journal, "alone", turn)
    assert settle(Resolve.of(scene.fake)) == []
    assert ranges(scene.timeline) == there != scene.before


@pytest.mark.parametrize("other", [False, True], ids=["same timeline", "another one"])
def test_page_timeline_and_playhead_are_as_before(tmp_path: Path, other):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    shown = scene.timeline.DuplicateTimeline("Other") if other else scene.timeline
    assert shown is not None
    scene.fake.project._current, scene.fake.page = shown, "color"
    shown._playhead = playhead = shown._start + 321
    assert settle(Resolve.of(scene.fake))
    assert ranges(scene.timeline) == scene.before
    assert scene.fake.project._current is shown
    assert (scene.fake.page, shown._playhead) == ("color", playhead)


def test_a_timeline_that_is_gone_needs_no_undoing(tmp_path: Path):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    other = scene.timeline._copy("Other")
    scene.fake.project._timelines, scene.fake.project._current = [other], other
    assert settle(Resolve.of(scene.fake)) == []
    assert not journal.pending()


def test_another_projects_journal_waits_for_it(tmp_path: Path):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    assert settle(Resolve.of(build(tmp_path).fake)) == []
    assert len(journal.pending()) == 1


def test_what_cannot_be_removed_is_told_and_stays_known(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    monkeypatch.setattr(type(scene.timeline), "DeleteClips", lambda *given: True)
    with pytest.raises(ResolveError, match="Remove them by hand"):
        settle(Resolve.of(scene.fake))
    assert len(journal.pending()) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "x"}', '{"project": 1}'])
def test_a_spoilt_journal_is_said_so(text):
    journal.folder().mkdir(parents=True)
    (journal.folder() / "x.json").write_text(text)
    with pytest.raises(PickupError, match=r"x\.json: the record of an interrupted placement"):
        journal.pending()


def test_a_journal_of_another_schema_is_not_guessed_at(tmp_path: Path):
    scene = build(tmp_path)
    interrupted(scene, tmp_path)
    (file,) = journal.folder().glob("*.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "schema": "pickup.resolve/9"}))
    with pytest.raises(PickupError, match=r"of schema pickup\.resolve/9"):
        journal.pending()
