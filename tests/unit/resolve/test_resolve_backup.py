"""The duplicate made first, the journal kept meanwhile, and how they bring a timeline back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.resolve.scenes import Scene, build, placements, ranges

from pickup.errors import PickupError
from pickup_resolve import journal
from pickup_resolve.api import Resolve
from pickup_resolve.backup import ensure_current, make_backup, restore
from pickup_resolve.checks import checks
from pickup_resolve.errors import LostError, ResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.journal import Journal
from pickup_resolve.placing import Outcome, place
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.snapshot import Snapshot
from pickup_resolve.testing import Lie
from pickup_resolve.testing.items import FakeTimelineItem
from pickup_resolve.testing.program import FakeProject
from pickup_resolve.testing.timeline import FakeTimeline

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.placement import Placement


def names(scene: Scene) -> list[str]:
    return sorted(one._name for one in scene.fake.project._timelines)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return build(tmp_path)


def parts(scene: Scene) -> Any:
    resolve = Resolve.of(scene.fake)
    return resolve.project(), resolve.timeline()


def begin(scene: Scene) -> tuple[ResolveHost, Any, list[Placement]]:
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    return host, document, placements(scene.folder, document.cuts[0])


def test_the_duplicate_has_a_name_of_its_own_and_is_not_opened(scene):
    project, timeline = parts(scene)
    made, name = make_backup(project, timeline, "Scene 4")
    assert made.name() == name
    assert name.startswith("Scene 4 before Pickup 20")
    assert scene.fake.project._current is scene.timeline
    assert Snapshot.take(made).same_ranges(Snapshot.take(timeline))


def test_a_name_that_exists_is_got_round(scene, monkeypatch):
    duplicate = FakeTimeline.DuplicateTimeline
    tried: list[str] = []

    def taken(self: FakeTimeline, name: str) -> FakeTimeline | None:
        tried.append(name)
        return None if len(tried) == 1 else duplicate(self, name)

    monkeypatch.setattr(FakeTimeline, "DuplicateTimeline", taken)
    project, timeline = parts(scene)
    made, name = make_backup(project, timeline, "Scene 4")
    assert made.name() == name == tried[1]
    assert tried[0] != tried[1]


def test_without_a_duplicate_nothing_is_placed_and_the_way_round_is_named(tmp_path: Path):
    scene = build(tmp_path, (Lie.DUPLICATE_FAILS,))
    host, document, wanted = begin(scene)
    with pytest.raises(ResolveError, match='set "backup = false" under'):
        host.write(document, {0: wanted})
    assert ranges(scene.timeline) == scene.before
    assert scene.fake.calls["AppendToTimeline"] == 0


def test_a_timeline_that_does_not_open_is_said_so(scene, monkeypatch):
    project, timeline = parts(scene)
    twin = timeline.duplicate("Twin")
    assert twin is not None
    monkeypatch.setattr(FakeProject, "SetCurrentTimeline", lambda *_: True)
    ensure_current(project, timeline)
    with pytest.raises(ResolveError, match="does not open the timeline “Twin”"):
        ensure_current(project, twin)


@pytest.mark.parametrize(
    "taken", [(), ("Scene 4 (changed)",), ("Scene 4 (changed)", "Scene 4 (changed) 2")]
)
def test_the_changed_one_is_kept_under_a_name_that_is_free(scene, taken):
    project, timeline = parts(scene)
    before = Snapshot.take(timeline)
    for name in taken:
        assert timeline.duplicate(name) is not None
    backup, _ = make_backup(project, timeline, "Scene 4")
    scene.timeline._tracks["video"][0].items.pop()
    kept = restore(project, timeline, backup, before)
    assert kept == ("Scene 4 (changed)" if not taken else f"Scene 4 (changed) {len(taken) + 1}")
    current = scene.fake.project._current
    assert current is not None
    assert current._name == "Scene 4"
    assert ranges(current) == scene.before
    assert len(set(names(scene))) == len(names(scene))


def test_a_duplicate_that_is_not_as_it_was_is_not_put_in_its_place(scene):
    project, timeline = parts(scene)
    before = Snapshot.take(timeline)
    backup, name = make_backup(project, timeline, "Scene 4")
    scene.fake.project._timelines[-1]._tracks["video"][0].items.pop()
    with pytest.raises(ResolveError, match="is not as it was either"):
        restore(project, timeline, backup, before)
    assert name in names(scene)
    assert "Scene 4" in names(scene)


def spoil_backup(scene: Scene) -> None:
    """Both the timeline and its duplicate lose something while clips are placed."""

    def on_call(name: str) -> None:
        if name == "AppendToTimeline" and scene.fake.calls[name] == 2:
            for timeline in scene.fake.project._timelines:
                timeline._tracks["video"][0].items.pop(0 if timeline is scene.timeline else 1)

    scene.fake.on_call = on_call


def test_what_cannot_be_brought_back_is_said_plainly_and_stays_known(scene):
    host, document, wanted = begin(scene)
    spoil_backup(scene)
    with pytest.raises(LostError, match="could not be brought back"):
        host.write(document, {0: wanted})
    scene.fake.on_call = None
    (left,) = journal.pending()
    assert left.backup in names(scene)
    assert any("interrupted on “Scene 4”" in line for *_, line in checks())


def test_the_duplicate_is_kept_after_a_placing_that_went_well(scene):
    host, document, wanted = begin(scene)
    notes = host.write(document, {0: wanted}).notes
    (kept,) = [name for name in names(scene) if "before Pickup" in name]
    assert f"The timeline as it was is kept as “{kept}”." in notes
    twin = next(one for one in scene.fake.project._timelines if one._name == kept)
    assert ranges(twin) == scene.before


def test_no_duplicate_is_left_where_nothing_was_placed(tmp_path: Path):
    scene = build(tmp_path, (Lie.VANISHES_AT_EVERY_SAVE,))
    host, document, wanted = begin(scene)
    scene.fake.lies.add(Lie.IN_POINT_IGNORED)
    assert len(host.write(document, {0: wanted}).failed) == 12
    assert names(scene) == ["Scene 4"]


def test_a_setting_leaves_it_out(scene):
    _, _, wanted = begin(scene)
    resolve = Resolve.of(scene.fake)
    place(resolve, resolve.timeline(), wanted, PlaceSettings(backup=False))
    assert names(scene) == ["Scene 4"]


def test_notes_are_kept_once_and_in_order():
    outcome = Outcome()
    outcome.note(["a", "b", "a"])
    outcome.note(["b", "c"])
    assert outcome.notes == ["a", "b", "c"]


def test_the_journal_is_written_before_the_first_change(scene):
    host, document, wanted = begin(scene)
    seen: list[tuple[str, int]] = []
    changes = {"DuplicateTimeline", "AddSubFolder", "ImportMedia", "AppendToTimeline", "AddMarker"}

    def on_call(name: str) -> None:
        if name in changes:
            seen.append((name, len(journal.pending())))

    scene.fake.on_call = on_call
    host.write(document, {0: wanted})
    scene.fake.on_call = None
    assert {name for name, _ in seen} == changes
    assert {count for _, count in seen} == {1}
    assert not journal.pending()


def test_a_journal_comes_back_as_it_was_written():
    one = Journal(
        "p-1", "t-1", "Küche", ["i-1"], [["video", 1, 86400, 86450]], {"pk010": ["/t/a.mov"]},
        {"video": 2, "audio": 1},
        "Küche before Pickup", [["video", 1, 0, 9, 2, 1]],
    )  # fmt: skip
    one.write()
    assert journal.pending() == [one]
    assert one.media == {"/t/a.mov"}
    one.close()
    one.close()
    assert journal.pending() == []


def test_two_timelines_have_journals_of_their_own():
    for name in ("t-1", "t-2", "t/../3"):
        Journal("p", name, name).write()
    assert sorted(one.timeline for one in journal.pending()) == ["t-1", "t-2", "t/../3"]
    assert all(path.parent == journal.folder() for path in journal.folder().iterdir())


def test_a_journal_with_a_field_that_nobody_knows_is_not_guessed_at():
    Journal("p", "t", "x").write()
    (path,) = journal.folder().glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "red"}))
    with pytest.raises(PickupError, match="cannot be read"):
        journal.pending()


def test_what_the_editor_has_added_survives_an_undone_placing(scene):
    host, document, wanted = begin(scene)

    def on_call(name: str) -> None:
        if name == "AppendToTimeline" and scene.fake.calls[name] == 3:
            start = scene.timeline._start + 5000
            track = scene.timeline._tracks["video"][1]
            track.items.append(
                FakeTimelineItem(scene.fake, scene.timeline, "New", start, start + 20, kind="title")
            )
        if name == "AddMarker":
            scene.fake.on_call = None
            scene.fake.lies.add(Lie.RIPPLES)
            scene.timeline._tracks["video"][0].items[0]._start += 1

    scene.fake.on_call = on_call
    with pytest.raises(ResolveError, match="kept as “Scene 4 \\(changed\\)”"):
        host.write(document, {0: wanted})
    changed = next(t for t in scene.fake.project._timelines if t._name == "Scene 4 (changed)")
    assert "New" in [item._name for item in changed._all()]
    assert not [item for item in changed._all() if "_t0" in item._name]


def test_an_empty_new_track_goes_again_with_a_placing_that_failed(tmp_path: Path):
    scene = build(tmp_path, (Lie.LOCKED_LATE,))
    host, document, wanted = begin(scene)
    above = [replace(one, track=None) for one in wanted]
    assert len(host.write(document, {0: above}).failed) == 12
    assert [track.name for track in scene.timeline._tracks["video"]] == ["Video 1", "Video 2"]
