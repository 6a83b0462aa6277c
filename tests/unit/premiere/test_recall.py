"""A recut in the panel: what is offered, judged and placed after the editor has exported again."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from tests.unit.premiere.conftest import Filled, fill_fast, lay_take, read_back, written_by
from tests.unit.premiere.xml_recuts import XmlRecut

from pickup.cut.gaps import GapOptions, find_gaps
from pickup.errors import RequestError
from pickup.fill.takes import choose, read_takes, trimmed
from pickup.shots.plan import read_plan
from pickup_premiere.exchange import ExchangeHost, ExchangeOptions
from pickup_ui.work.opening import Preferences, open_cut, save_plan
from pickup_ui.work.ordering import quote
from pickup_ui.work.placing import chosen, place, propose


def opened_again(recut: XmlRecut, export: Any, name: str = "Long cut v2.xml") -> Any:
    """The recut, exported under another name, as the panel opens it."""
    return open_cut(ExchangeHost(recut.save(export.with_name(name))), Preferences())


def takes_of(opened: Any, shot: str) -> list[tuple[str, int, int, bool]]:
    return [(t.name, t.head, t.visible, t.chosen) for t in opened.takes.get(shot, ())]


@pytest.fixture
def made(export: Any) -> Filled:
    filled: Filled = fill_fast(export)
    return filled


@pytest.fixture
def filled(export: Any, made: Filled) -> XmlRecut:
    """The filled sequence, imported, recut, and about to be exported again."""
    return XmlRecut(written_by(ExchangeHost(export), made).path)


def test_a_lengthened_gap_gets_a_take_cut_from_the_handles(
    export: Any, made: Filled, filled: XmlRecut
) -> None:
    first = made.shots[0]
    filled.trim_out(first.gap.start, 5)
    opened = opened_again(filled, export)
    shot = next(s for s in opened.shots if s.id == first.id)
    assert opened.folder == made.folder
    assert (shot.gap.start, shot.frames) == (first.gap.start - 5, first.frames + 5)
    assert takes_of(opened, first.id) == [
        (f"{first.id}_t02", first.handles - 5, first.frames + 5, True)
    ]
    assert opened.standing[first.id] == 1
    assert any("trimmed anew" in note for note in opened.notes)
    changes = propose(opened, chosen(opened)).changes
    assert [(c.shot, c.take, c.instead, c.frames) for c in changes] == [
        (first.id, f"{first.id}_t02", f"{first.id}_t01", first.frames + 5)
    ]


def test_it_is_placed_where_the_old_one_stands_and_all_is_well(
    export: Any, made: Filled, filled: XmlRecut
) -> None:
    first = made.shots[0]
    filled.trim_out(first.gap.start, 5)
    opened = opened_again(filled, export)
    written = place(opened, chosen(opened)).written
    cut = read_back(written.path).cuts[0]
    assert len(cut.video_tracks) == len(opened.cut.video_tracks)
    assert find_gaps(cut, GapOptions(min_frames=1)).gaps == ()
    top = cut.video_tracks[-1].items
    assert len(top) == len(made.shots)
    assert (top[0].start, top[0].duration) == (first.gap.start - 5, first.frames + 5)
    assert top[0].pickup["take"] == 2
    assert written.path is not None
    again = open_cut(ExchangeHost(written.path), Preferences())
    assert again.standing == {first.id: 2} | {s.id: 1 for s in made.shots[1:]}
    assert chosen(again) == []


def test_opening_it_twice_makes_one_take(export: Any, made: Filled, filled: XmlRecut) -> None:
    filled.trim_out(made.shots[0].gap.start, 5)
    first, second = (opened_again(filled, export) for _ in range(2))
    assert first.takes == second.takes
    assert len(read_takes(made.folder)) == len(made.shots) + 1
    assert not any("trimmed" in note for note in second.notes)


def test_a_gap_beyond_the_handles_asks_for_a_new_take(
    export: Any, made: Filled, filled: XmlRecut
) -> None:
    first = made.shots[0]
    filled.trim_out(first.gap.start, 30)
    opened = opened_again(filled, export)
    shot = next(s for s in opened.shots if s.id == first.id)
    assert shot.frames == first.frames + 30
    assert first.id not in opened.standing
    assert takes_of(opened, first.id) == []
    assert shot.text == first.text
    quoted = quote(opened, [shot], "h264")
    (wanted,) = quoted.wanted
    assert wanted.order is not None
    assert (wanted.order.take, wanted.order.request.frames) == (2, first.frames + 30)
    # The hole beside the clip that stands is no gap of its own: the new take covers both.
    assert len(opened.shots) == len(made.shots)


def test_the_old_sequence_without_the_pickups(export: Any, made: Filled) -> None:
    recut = XmlRecut(export)
    recut.trim_out(made.shots[0].gap.start, 5)
    recut.trim_out(made.shots[2].gap.start, 30)
    opened = opened_again(recut, export, export.name)
    ids = [s.id for s in made.shots]
    assert [s.id for s in opened.shots] == ids
    assert opened.standing == {}
    assert {i: takes_of(opened, i)[0][0] for i in ids if takes_of(opened, i)} == {
        ids[0]: f"{ids[0]}_t02",
        ids[1]: f"{ids[1]}_t01",
        ids[3]: f"{ids[3]}_t01",
    }
    assert [f.shot.id for f in chosen(opened)] == [ids[0], ids[1], ids[3]]
    cut = read_back(place(opened, chosen(opened)).written.path).cuts[0]
    assert [g.duration for g in find_gaps(cut).gaps] == [made.shots[2].frames + 30]


def test_words_of_a_person_outlive_the_recut(export: Any, made: Filled) -> None:
    opened = open_cut(ExchangeHost(export), Preferences())
    words = {"words": "her hands", "words_from": "person", "text": "her hands, close"}
    shots = [s.model_copy(update=words) for s in opened.shots]
    save_plan(opened, shots)
    recut = XmlRecut(export)
    recut.trim_out(made.shots[0].gap.start, 30)
    first = opened_again(recut, export).shots[0]
    assert (first.words, first.text) == ("her hands", "her hands, close")
    assert first.first_frame is not None
    assert made.shots[0].first_frame is not None
    assert first.first_frame.frame == made.shots[0].first_frame.frame - 30


def test_only_the_take_that_counts_is_trimmed_and_the_choice_goes_with_it(
    export: Any, made: Filled
) -> None:
    first = made.shots[0]
    lay_take(made.folder, first, made.cut, 2)
    choose(made.folder, first.id, 2)
    recut = XmlRecut(export)
    recut.trim_out(first.gap.start, 3)
    opened = opened_again(recut, export)
    (name, head, _, picked) = takes_of(opened, first.id)[0]
    assert (name, head, picked) == (f"{first.id}_t03", first.handles - 3, True)
    (third,) = [t for t in read_takes(made.folder, first.id) if t.record.take == 3]
    assert third.file == f"{first.id}_t02.mp4"
    assert third.record.cost_usd == 0


def test_a_recut_that_is_undone_has_its_old_take_again(export: Any, made: Filled) -> None:
    first = made.shots[0]
    before = export.read_bytes()
    recut = XmlRecut(export)
    recut.trim_out(first.gap.start, 5)
    opened_again(recut, export)
    export.write_bytes(before)
    opened = open_cut(ExchangeHost(export), Preferences())
    assert [name for name, *_ in takes_of(opened, first.id)] == [f"{first.id}_t01"]
    assert all(s.frames == old.frames for s, old in zip(opened.shots, made.shots, strict=True))


def test_clips_that_lost_their_log_notes_are_shots_in_the_panel(
    export: Any, made: Filled, filled: XmlRecut
) -> None:
    filled.forget("logginginfo", "marker")
    filled.rename("somebody renamed it")
    opened = opened_again(filled, export)
    assert opened.standing == {s.id: 1 for s in made.shots}
    assert [s.id for s in opened.shots] == [s.id for s in made.shots]


def test_the_plan_that_is_kept_is_that_of_the_recut(
    export: Any, made: Filled, filled: XmlRecut
) -> None:
    first = made.shots[0]
    filled.trim_out(first.gap.start, 5)
    opened = opened_again(filled, export)
    save_plan(opened, opened.shots)
    kept = read_plan(made.folder.plan).shot(first.id)
    assert (kept.frames, kept.gap.id) == (first.frames + 5, first.gap.id)


def test_a_folder_that_cannot_be_written_is_told(
    export: Any, made: Filled, filled: XmlRecut, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise RequestError("The disk is full.")

    monkeypatch.setattr("pickup_premiere.recall.write_take", full)
    filled.trim_out(made.shots[0].gap.start, 5)
    opened = opened_again(filled, export)
    assert "The disk is full." in opened.notes
    assert takes_of(opened, made.shots[0].id) == []


def test_a_cut_that_nobody_knows_opens_as_ever(export: Any) -> None:
    opened = open_cut(ExchangeHost(export), Preferences())
    assert [s.id for s in opened.shots] == ["pk010", "pk020", "pk030", "pk040"]
    assert opened.folder.root.name == "Long cut.pickup"
    assert not opened.folder.root.exists()


def test_the_takes_of_another_name_stay_in_their_folder(export: Any, made: Filled) -> None:
    again = export.with_name("Reel 1 picture lock.xml")
    shutil.copy(export, again)
    opened = open_cut(ExchangeHost(again), Preferences())
    assert opened.folder == made.folder
    assert [f.chosen.name for f in chosen(opened)] == [f"{s.id}_t01" for s in made.shots]
    assert not again.with_suffix(".pickup").exists()


@pytest.mark.parametrize(("head", "visible"), [(-1, 10), (0, 0), (60, 10), (0, 65)])
def test_no_take_is_trimmed_beyond_its_file(
    export: Any, made: Filled, head: int, visible: int
) -> None:
    (take,) = read_takes(made.folder, made.shots[0].id)
    short = take.model_copy(update={"frames": 64})
    with pytest.raises(RequestError, match="64 frames"):
        trimmed(short, 2, head, visible)


def test_a_trimmed_take_is_no_take_that_an_order_asks_for(export: Any, made: Filled) -> None:
    (take,) = read_takes(made.folder, made.shots[0].id)
    cut = trimmed(take, 2, take.head + 1, take.visible - 1)
    assert cut.record.request_sha256 != take.record.request_sha256
    assert cut.name == f"{made.shots[0].id}_t02"
    assert cut.file == take.file
    assert not cut.chosen
    assert cut.record.source == take.record.source


@pytest.mark.parametrize(
    ("options", "track", "name"),
    [
        (ExchangeOptions(), "Pickup", "Long cut.filled.xml"),
        (ExchangeOptions(own_track=False), "Video 1", "Long cut.filled.xml"),
        (ExchangeOptions(only_pickups=True, own_track=False), "Pickup", "Long cut.filled.xml"),
        (ExchangeOptions("otio"), "Pickup", "Long cut.filled.otio"),
    ],
)
def test_the_list_of_changes_is_true(
    export: Any, made: Filled, options: ExchangeOptions, track: str, name: str
) -> None:
    host = ExchangeHost(export, options=options)
    opened = open_cut(host, Preferences())
    proposal = propose(opened, chosen(opened))
    assert proposal.out == export.with_name(name)
    assert not proposal.overwrites
    assert {change.track for change in proposal.changes} <= {track, "V1"}
    assert ("Pickup" in {change.track for change in proposal.changes}) == (track == "Pickup")
    written = place(opened, chosen(opened)).written.path
    assert written == proposal.out
    again = propose(opened, chosen(opened))
    assert again.overwrites
    assert again.out == written
