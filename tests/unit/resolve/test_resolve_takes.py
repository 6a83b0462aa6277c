"""Retakes, new top tracks, and what a placed clip carries."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.unit.resolve.scenes import (
    GROUPS,
    HEAD,
    as_images,
    build,
    check,
    placements,
    ranges,
    take,
)

from pickup.errors import RequestError
from pickup.home import home
from pickup_resolve import bin as media_bin
from pickup_resolve.api import Resolve
from pickup_resolve.errors import BusyError, ResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.journal import alone
from pickup_resolve.placing import place
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.testing import Lie, placeholder
from pickup_resolve.testing.media import MediaFacts
from pickup_resolve.testing.program import still as picture_of

if TYPE_CHECKING:
    from pathlib import Path


def begin(scene):
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    return host, document, placements(scene.folder, document.cuts[0])


def item_of(scene, placement):
    start = scene.timeline._start + placement.start
    found = [
        item
        for track in scene.fake.project._current._tracks["video"]
        for item in track.items
        if item._start == start and item._media and "_t0" in item._media._name
    ]
    (item,) = found
    return item


def test_a_placed_clip_says_what_it_is(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    written = host.write(document, {0: wanted})
    assert written.path is None
    assert any("kept as “Scene 4 before Pickup" in note for note in written.notes)
    item = item_of(scene, wanted[0])
    media = item._media
    assert item._left == HEAD
    assert (item._color, item._flags) == ("Teal", ["Cyan"])
    ((frame, marker),) = item._markers.items()
    assert frame == HEAD
    assert json.loads(marker["customData"])["pickup"]["shot"] == "pk010"
    assert media._metadata["Comments"] == "Synthetic. Made by Pickup with animatic:v1."
    assert media._metadata["Description"] == "close on her hands"
    assert media._metadata["Keywords"] == "Pickup, synthetic"
    assert (media._metadata["Shot"], media._metadata["Take"]) == ("pk010", "1")
    assert media._metadata["Reel Number"] == "PK010"
    assert media._properties["Reel Name"] == "PK010"
    assert json.loads(media._third["pickup.record"]) == wanted[0].take.metadata
    names = [folder._name for folder in scene.fake.project._pool._root._folders]
    assert names == ["Pickup"]


def test_a_second_timeline_and_run_use_the_same_bin_and_clips(tmp_path: Path):
    scene = build(tmp_path, (Lie.IMPORT_ANSWERS_NOTHING,))
    host, document, wanted = begin(scene)
    host.write(document, {0: wanted[:6]})
    assert not host.write(host.read(), {0: wanted[6:]}).failed
    assert len(scene.fake.project._pool._root._folders) == 1
    check(scene, wanted, set())


def test_a_retake_becomes_a_take_of_the_same_item(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    host.write(document, {0: wanted})
    item, before = item_of(scene, wanted[3]), ranges(scene.timeline)
    cut = host.read().cuts[0]
    second = take(tmp_path, cut, "pk040", wanted[3].duration, 2)
    retake = replace(wanted[3], takes=(wanted[3].take, second), active=1)
    written = host.write(document, {0: [retake]})
    assert not written.failed
    assert item_of(scene, retake) is item
    assert (len(item._takes), item._take, item._media._name) == (2, 2, "pk040_t02.mov")
    assert ranges(scene.timeline) == before
    # Choosing the first again switches, and adds nothing.
    host.write(document, {0: [replace(retake, active=0)]})
    assert (len(item._takes), item._take, item._media._name) == (2, 1, "pk040_t01.mov")


def test_all_takes_of_a_new_shot_go_in_together(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    more = tuple(
        take(tmp_path, document.cuts[0], "pk010", wanted[0].duration, n) for n in (1, 2, 3)
    )
    host.write(document, {0: [replace(wanted[0], takes=more, active=1)]})
    item = item_of(scene, wanted[0])
    assert {media._name for media, _, _ in item._takes} == {one.path.name for one in more}
    assert item._media._name == "pk010_t02.mov"
    assert item._end - item._start == wanted[0].duration


def test_what_has_no_hole_goes_to_a_new_top_track(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    above = [replace(one, track=None) for one in wanted]
    assert not host.write(document, {0: above}).failed
    check(scene, above, set())
    assert [t.name for t in scene.timeline._tracks["video"]][2:] == ["Pickup"]


def test_the_top_track_is_used_again_where_it_is_free(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    for one in wanted[:3]:
        host.write(document, {0: [replace(one, track=None)]})
    assert len(scene.timeline._tracks["video"]) == 3


def test_a_retake_on_the_top_track_finds_its_item(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    above = replace(wanted[0], track=None)
    host.write(document, {0: [above]})
    second = take(tmp_path, document.cuts[0], "pk010", above.duration, 2)
    host.write(document, {0: [replace(above, takes=(above.take, second), active=1)]})
    assert len(scene.timeline._tracks["video"]) == 3
    assert item_of(scene, above)._media._name == "pk010_t02.mov"


@pytest.mark.parametrize("lie", [Lie.LOCKED_LATE, Lie.DUPLICATE_FAILS], ids=lambda lie: lie.name)
def test_a_top_track_that_stays_empty_is_taken_away(tmp_path: Path, lie):
    scene = build(tmp_path, (lie,))
    host, document, wanted = begin(scene)
    above = {0: [replace(wanted[0], track=None)]}
    if lie is Lie.DUPLICATE_FAILS:
        with pytest.raises(ResolveError, match="as it was before"):
            host.write(document, above)
    else:
        assert host.write(document, above).failed
    assert len(scene.timeline._tracks["video"]) == 2
    assert len(scene.fake.project._timelines) == 1


def test_take_back_leaves_no_track_of_ours_and_each_of_the_editors(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    scene.fake.page = "color"
    heard = [replace(with_sound(one), track=None) for one in wanted[:2]]
    written = host.write(document, {0: heard})
    assert [len(scene.timeline._tracks[kind]) for kind in ("video", "audio")] == [3, 2]
    theirs = scene.timeline._add_track("video", "Titles")
    host.take_back(written)
    assert scene.timeline._tracks["video"][2:] == [theirs]
    assert len(scene.timeline._tracks["audio"]) == 1
    assert scene.fake.page == "color"


def test_a_locked_track_is_said_so(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    scene.timeline._tracks["video"][0].locked = True
    failed = host.write(document, {0: wanted}).failed
    assert len(failed) == 12
    assert "unlock it" in failed["pk010"]
    assert scene.fake.calls["AppendToTimeline"] == 0


def test_what_came_in_between_is_not_covered(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    intruder = scene.timeline._tracks["video"][0].items[0]
    start = scene.timeline._start + wanted[2].start + 3
    twin = type(intruder)(
        scene.fake, scene.timeline, "New", start, start + 4, media=intruder._media
    )
    scene.timeline._tracks["video"][0].items.append(twin)
    scene.before["video", 1] = ranges(scene.timeline)["video", 1]
    failed = host.write(document, {0: wanted}).failed
    assert set(failed) == {"pk030"}
    check(scene, wanted, set(failed))


COLLISIONS = (None, Lie.COLLISION_DROPS, Lie.COLLISION_SLIDES, Lie.COLLISION_EMPTY_ID)


@pytest.mark.parametrize("lie", COLLISIONS, ids=str)
def test_a_collision_in_mid_placement_is_reported(tmp_path: Path, lie):
    """An editor drops a clip into a gap while the others are being placed."""
    scene = build(tmp_path, (lie,) if lie else ())
    host, document, wanted = begin(scene)
    donor = scene.timeline._tracks["video"][0].items[0]
    start = scene.timeline._start + wanted[5].start + 2

    def drop(name: str) -> None:
        if name == "AppendToTimeline" and scene.fake.calls[name] == 3:
            new = type(donor)(
                scene.fake, scene.timeline, "New", start, start + 5, media=donor._media
            )
            scene.timeline._tracks["video"][0].items.append(new)

    scene.fake.on_call = drop
    failed = host.write(document, {0: wanted}).failed
    assert set(failed) == {"pk060"}
    scene.before["video", 1].append(("New", start, start + 5))
    check(scene, wanted, set(failed))


def test_media_that_resolve_does_not_take_is_reported(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    wanted[0].take.path.unlink()
    placeholder(wanted[1].take.path, MediaFacts(5, "24"))
    failed = host.write(document, {0: wanted}).failed
    assert set(failed) == {"pk010", "pk020"}
    assert "did not import" in failed["pk010"]
    assert "sees 5 frames" in failed["pk020"]
    check(scene, wanted, set(failed))


def test_a_sequence_of_images_is_imported_as_one_clip(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    one = wanted[0].take
    images = as_images(wanted[0], tmp_path / "seq")
    assert not host.write(document, {0: [images]}).failed
    (clip,) = scene.fake.project._pool._root._folders[0]._clips
    last = 1000 + one.frames
    assert clip._name == f"pk010_t01.[1001-{last}].dpx"
    assert media_bin.shows(str(tmp_path / "seq" / clip._name), images.take.path)


def test_another_timeline_is_not_written_to(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    scene.fake.project._current = scene.timeline.DuplicateTimeline("Another")
    with pytest.raises(ResolveError, match="“Another” is open"):
        host.write(document, {0: wanted})


def test_nothing_to_place_calls_nothing(tmp_path: Path):
    scene = build(tmp_path)
    host, document, _ = begin(scene)
    scene.fake.calls.clear()
    assert host.write(document, {0: []}).notes == ()
    assert not scene.fake.calls


def test_without_a_backup_a_change_is_told(tmp_path: Path):
    scene = build(tmp_path, (Lie.RIPPLES,))
    _, _document, wanted = begin(scene)
    resolve = Resolve.of(scene.fake)
    with pytest.raises(ResolveError, match="no duplicate of it"):
        place(resolve, resolve.timeline(), wanted, PlaceSettings(backup=False))


def test_settings_are_the_users(tmp_path: Path):
    home().mkdir(parents=True, exist_ok=True)
    file = home() / "settings.toml"
    file.write_text('[resolve]\nbackup = false\ncolor = "Pink"\nflag = ""\nmarker = ""\n')
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    host.write(document, {0: wanted})
    item = item_of(scene, wanted[0])
    assert (item._color, item._flags, item._markers) == ("Pink", [], {})
    assert len(scene.fake.project._timelines) == 1
    for wrong in ("[resolve]\ncolour = 'Pink'\n", "[resolve]\nbackup = 'no'\n", "resolve = 3\n"):
        file.write_text(wrong)
        with pytest.raises(RequestError, match=r"settings\.toml"):
            PlaceSettings.load()


def test_twelve_calls_a_clip_and_forty_more_besides_the_snapshots(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    scene.fake.calls.clear()
    host.write(document, {0: wanted})
    assert placing_calls(scene) <= 12 * len(wanted) + 40


def placing_calls(scene) -> int:
    """All calls but those of the three snapshots, which are as dear as the timeline is long."""
    tracks = 3 + 3  # how many of each kind, and the items of each
    before = sum(len(items) for items in scene.before.values())
    snapshots = 3 * before + 2 * 3 * (before + GROUPS) + 3 * tracks
    return int(scene.fake.calls.total()) - snapshots


def with_sound(placement):
    """The same with sound in its take."""
    one = placement.take
    facts = MediaFacts(one.frames, str(one.rate), one.start, audio=True)
    placeholder(one.path, facts)
    return replace(placement, takes=(replace(one, audio_channels=2),))


SOUND_LIES = (
    (),
    (Lie.VANISHES_AT_SAVE,),
    (Lie.APPEND_ANSWERS_NOTHING,),
    (Lie.SOUND_IN_PIECES,),
    (Lie.SOUND_IN_PIECES, Lie.DELETE_FAILS_FIRST, Lie.FLOORED_DURATION),
)


@pytest.mark.parametrize("lies", SOUND_LIES, ids=str)
def test_sound_goes_to_a_free_track_and_is_linked(tmp_path: Path, lies):
    scene = build(tmp_path, lies)
    host, document, wanted = begin(scene)
    heard = [with_sound(one) for one in wanted]
    written = host.write(document, {0: heard})
    assert not written.failed
    music, ours, *spare = scene.timeline._tracks["audio"]
    assert not [item for track in spare for item in track.items]
    assert (len(music.items), ours.name) == (1, "Pickup")
    origin = scene.timeline._start
    assert [(i._start - origin, i._end - origin) for i in ours.sorted()] == [
        (one.start, one.end) for one in wanted
    ]
    for one, sound in zip(wanted, ours.sorted(), strict=True):
        assert [other is item_of(scene, one) for other in sound._linked] == [True]
        assert sound._left == HEAD


def test_sound_takes_a_track_that_is_free_there(tmp_path: Path):
    scene = build(tmp_path)
    for name in ("Locked", "Free"):
        scene.timeline._add_track("audio", name).locked = name == "Locked"
    host, document, wanted = begin(scene)
    host.write(document, {0: [with_sound(wanted[0])]})
    assert [len(track.items) for track in scene.timeline._tracks["audio"]] == [1, 0, 1]


def test_a_picture_stays_where_its_sound_cannot(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    heard = with_sound(wanted[0])
    placeholder(heard.take.path, MediaFacts(heard.take.frames, "24"))  # silent after all
    written = host.write(document, {0: [heard]})
    assert not written.failed
    assert any("without its sound" in note for note in written.notes)
    assert len(scene.timeline._tracks["audio"]) == 1
    check(scene, [heard], set())


@pytest.mark.parametrize(("lut", "kept"), [("Film Looks/Kodak.cube", True), ("/x.cube", False)])
def test_a_lut_is_set_where_resolve_lists_it(tmp_path: Path, lut, kept):
    scene = build(tmp_path)
    _, _, wanted = begin(scene)
    resolve = Resolve.of(scene.fake)
    outcome = place(resolve, resolve.timeline(), wanted[:1], PlaceSettings(lut=lut))
    item = item_of(scene, wanted[0])
    assert item._lut == (lut if kept else "")
    assert any("did not set the LUT" in note for note in outcome.notes) is not kept
    assert item._markers


def test_what_is_not_saved_is_told(tmp_path: Path):
    scene = build(tmp_path)
    scene.fake.project._name = "Untitled Project"
    host, document, wanted = begin(scene)
    assert any("save it by hand" in n for n in host.write(document, {0: wanted}).notes)


def test_an_items_flag_and_marker_are_set_once_though_others_are_tried_again(tmp_path: Path):
    scene = build(tmp_path, (Lie.VANISHES_AT_SAVE,))
    host, document, wanted = begin(scene)
    assert not host.write(document, {0: wanted}).failed
    for one in wanted:
        item = item_of(scene, one)
        assert (item._flags, len(item._markers), item._color) == (["Cyan"], 1, "Teal")


def test_metadata_that_does_not_stay_is_told_once(tmp_path: Path):
    scene = build(tmp_path, (Lie.TRUE_WITHOUT_EFFECT,))
    host, document, wanted = begin(scene)
    notes = host.write(document, {0: wanted}).notes
    assert sum("did not keep the record" in note for note in notes) == 1
    assert sum("did not keep the marker" in note for note in notes) == 1


def test_a_placed_clip_is_opened_by_the_playhead(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    host.write(document, {0: wanted})
    scene.timeline._playhead = scene.timeline._start + wanted[4].start + 2
    assert host.shot_at_playhead() == "pk050"
    scene.timeline._playhead = scene.timeline._start + 25
    assert host.shot_at_playhead() == ""
    scene.timeline._playhead = scene.timeline._start + 99_999
    assert host.shot_at_playhead() == ""


def test_a_frame_is_grabbed_as_graded(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    host, _, _ = begin(scene)
    scene.fake.page = "color"
    scene.timeline._playhead = playhead = scene.timeline._start + 7
    still = host.grab(100, tmp_path / "frames" / "pk010.png")
    assert still.read_bytes() == picture_of(scene.timeline._start + 100)
    assert (scene.fake.page, scene.timeline._playhead) == ("color", playhead)
    monkeypatch.setattr(type(scene.fake.project), "ExportCurrentFrameAsStill", lambda *a: True)
    with pytest.raises(ResolveError, match="exported no still"):
        host.grab(100, tmp_path / "frames" / "none.png")
    assert [path.name for path in (tmp_path / "frames").iterdir()] == ["pk010.png"]


def test_two_at_once_do_not_place(tmp_path: Path, monkeypatch):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    monkeypatch.setattr("pickup_resolve.host.alone", lambda: alone(0))
    with alone(), pytest.raises(BusyError, match="Another Pickup is placing"):
        host.write(document, {0: wanted})
    assert ranges(scene.timeline) == scene.before
    assert not host.write(document, {0: wanted}).failed


def test_what_was_placed_is_taken_back(tmp_path: Path):
    scene = build(tmp_path)
    host, document, wanted = begin(scene)
    with pytest.raises(ResolveError, match="Nothing was placed"):
        host.take_back(host.write(document, {0: []}))
    above = [replace(wanted[0], track=None), *wanted[1:]]
    written = host.write(document, {0: above})
    other = scene.timeline._copy("Other")
    scene.fake.project._timelines.append(other)
    scene.fake.project._current = other
    with pytest.raises(ResolveError, match="“Other” is open"):
        host.take_back(written)
    scene.fake.project._current = scene.timeline
    host.take_back(written)
    assert ranges(scene.timeline) == scene.before
    assert len(scene.timeline._tracks["video"]) == 2
    with pytest.raises(ResolveError, match="Nothing was placed"):
        host.take_back(written)
