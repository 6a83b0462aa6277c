"""Plans: what a shot is asked for, that names last, and that a plan is held against its cut."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cut.builders import clip, cut, video

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, Marker, Media, Raster
from pickup.errors import PlanError
from pickup.shots.looks import read_look
from pickup.shots.plan import Plan, read_plan, write_plan
from pickup.shots.planner import PlanSettings, fit_to_cut, plan_shots
from pickup.shots.request import GapRef, ShotRequest

SETTINGS = PlanSettings(raster=Raster(1920, 1080))


def scene(length: int = 48, *, shift: int = 0, words: str = "") -> Cut:
    end = 48 + shift + length
    made = cut(
        video(
            clip(0, 48 + shift, "A", media=Media(url="/m/A.mov", rate=Fraction(24))),
            clip(end, end + 24, "B", note="she looks up"),
            clip(end + 72, end + 96, "C"),
        ),
        markers=[Marker(words, 60)] if words else [],
    )
    made.start = 86400
    return made


def plan_of(scene_: Cut, **more: object) -> Plan:
    settings = PlanSettings(**{"raster": SETTINGS.raster, **more})  # type: ignore[arg-type]
    return plan_shots(scene_, "scene.otio", find_gaps(scene_).gaps, settings)


def test_a_shot_is_exactly_what_its_gap_needs():
    first, second = plan_of(scene(words="hands on the board")).shots
    assert (first.id, second.id) == ("pk010", "pk020")
    assert (first.frames, first.rate, first.width, first.height) == (48, Fraction(24), 1920, 1080)
    assert first.gap.timecode == "01:00:02:00"
    assert first.text == first.words == "hands on the board"
    assert first.words_from == "marker"
    assert first.first_frame is not None
    assert (first.first_frame.media, first.first_frame.index) == ("/m/A.mov", 47)


def test_a_gap_without_words_gets_an_honest_prompt_that_says_so():
    shot = plan_of(scene()).shots[0]
    assert shot.words == ""
    assert shot.words_from == "neighbours"
    assert "2.0 seconds" in shot.text
    assert "“A”" in shot.text
    assert "“B” (she looks up)" in shot.text


def test_shots_keep_their_names_when_the_cut_grows():
    old = plan_of(scene())
    known = {shot.gap.id: shot.id for shot in old.shots[1:]}
    names = [shot.id for shot in plan_of(scene(50), known=known).shots]
    assert names == ["pk030", "pk020"]


def test_a_look_fills_the_slots_that_words_leave_open(tmp_path):
    path = tmp_path / "look.toml"
    path.write_text('style = "16 mm"\nlight = "dusk"\nnegative = "text"\n', "utf-8")
    shot = plan_of(scene(words="rain at dusk"), look=read_look(path)).shots[0]
    assert shot.text == "rain at dusk. Style: 16 mm."
    assert shot.prompt.light == "dusk"
    assert shot.negative == "text"


@pytest.mark.parametrize("text", ["styel = 1", "style = ", "\x00", 'colour = "red"'])
def test_what_is_no_look_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "look.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PlanError, match=r"look\.toml: not a look"):
        read_look(path)


def test_a_plan_survives_its_file(tmp_path):
    plan = plan_of(scene(words="“hands”, très près"))
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    assert "très près" in (tmp_path / "plan.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data["shots"][0].update(frames=47), "its gap is 48 long"),
        (lambda data: data["shots"][0].update(rate="fast"), "not a frame rate"),
        (lambda data: data["shots"][0].update(id="../../etc"), "pattern"),
        (lambda data: data["shots"][0].update(surprise=1), "surprise"),
        (lambda data: data.update(schema="pickup.plan/9"), "schema"),
        (lambda data: data.pop("cut"), "cut"),
    ],
)
def test_a_spoilt_plan_is_refused_with_the_place(tmp_path, change, reason):
    path = tmp_path / "plan.json"
    write_plan(plan_of(scene()), path)
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(PlanError, match=reason):
        read_plan(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\xff", "[" * 100_000])
def test_what_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PlanError, match=r"plan\.json: not a"):
        read_plan(path)


class TestFitting:
    def fit(self, now: Cut) -> tuple[list[ShotRequest], dict[str, str]]:
        return fit_to_cut(plan_of(scene()), now, find_gaps(now).gaps)

    def test_all_fit_an_unchanged_cut(self):
        shots, refused = self.fit(scene())
        assert [shot.id for shot in shots] == ["pk010", "pk020"]
        assert refused == {}

    def test_a_gap_that_moved_is_followed(self):
        moved = scene()
        track = moved.tracks[0]
        for it in track.items:
            it.start, it.end = it.start + 10, it.end + 10
        track.items.insert(0, clip(0, 10, "new"))
        shots, refused = self.fit(moved)
        assert refused == {}
        assert shots[0].gap.start == 58

    def test_a_gap_of_another_length_is_refused(self):
        shots, refused = self.fit(scene(60))
        assert [shot.id for shot in shots] == ["pk020"]
        assert refused["pk010"] == "the gap is now 60 frames long, the plan says 48"

    def test_a_gap_between_other_frames_is_refused(self):
        assert "frames around the gap" in self.fit(scene_with_other_neighbour())[1]["pk010"]

    def test_a_gap_that_is_gone_is_refused(self):
        full = scene()
        full.tracks.append(video(clip(0, 48 + 48 + 24, "over")))
        assert self.fit(full)[1]["pk010"] == "there is no gap at 01:00:02:00 any more"

    def test_another_sequence_is_refused_whole(self):
        other = scene()
        other.name = "Scene 5"
        with pytest.raises(PlanError, match="Scene 5"):
            self.fit(other)


def scene_with_other_neighbour() -> Cut:
    changed = scene()
    changed.tracks[0].items[0] = clip(0, 48, "Z")
    return changed


def test_the_identity_of_a_request_is_what_changes_its_picture():
    shot = plan_of(scene(words="hands")).shots[0]
    moved = shot.model_copy(update={"gap": GapRef(id="g1", start=9, duration=48), "takes": 4})
    assert moved.sha256() == shot.sha256()
    assert shot.model_copy(update={"seed": 7}).sha256() != shot.sha256()
    assert shot.model_copy(update={"text": "feet"}).sha256() != shot.sha256()
    assert shot.first_frame is not None
    elsewhere = shot.first_frame.model_copy(update={"path": "/else", "sha256": "0", "file": "x"})
    assert shot.model_copy(update={"first_frame": elsewhere}).sha256() == shot.sha256()


@given(st.integers(1, 400), st.text(max_size=60))
def test_any_words_make_a_valid_shot(length, words):
    plan = plan_of(scene(length + 11, words=words))
    assert Plan.model_validate_json(plan.model_dump_json(by_alias=True)) == plan
