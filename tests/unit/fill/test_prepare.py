"""Before anything is ordered: names, picture sizes, frames as pictures or why there are none."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.e2e.footage import film, number_of
from tests.unit.cut.builders import clip, cut, item, video
from tests.unit.fill.made import RASTER, RATE, Made

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, ItemKind, Media, Raster
from pickup.errors import MediaError
from pickup.files import sha256_of
from pickup.fill.prepare import (
    DEFAULT_RASTER,
    PlannedCut,
    ShotSettings,
    choose_raster,
    extract_frames,
    follow_plan,
    frame_file,
    known_names,
    names_by_place,
    picture_file,
    plan_cut,
)
from pickup.shots.plan import Plan, write_plan
from pickup.shots.request import FrameRef, Reference


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def filmed(made: Made, *names: str) -> Made:
    for name in names or ("A", "B", "C"):
        film(made.media / f"{name}.mov", 24, RATE)
    return made


def keep(made: Made, planned: PlannedCut) -> None:
    write_plan(Plan(cut="scene.otio", shots=tuple(planned.shots)), made.folder.plan)


def number(made: Made, ref: FrameRef | None) -> int:
    """What the extracted picture of a frame says."""
    assert ref is not None
    return number_of(pixels(made.folder.root / ref.file))


def pixels(path: Path) -> Any:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


@dataclass
class Screen:
    """A host that shows frames of its timeline."""

    as_graded: bool = False
    fails: bool = False
    asked: list[int] = field(default_factory=list)

    def grab(self, frame: int, path: Path) -> Path:
        self.asked.append(frame)
        if self.fails:
            raise MediaError(path, "the viewer is black")
        Image.new("RGB", (96, 64), (200, 30, 30)).save(path)
        return path


class TestPictureSize:
    def size(self, made: Cut) -> tuple[Raster, str]:
        return choose_raster(made, find_gaps(made).gaps)

    def test_the_sequences_own_word_counts(self, made: Made):
        filmed(made)
        assert self.size(replace(made.cut, raster=Raster(2048, 858))) == (Raster(2048, 858), "")

    def test_else_that_of_the_files_beside_the_gaps(self, made: Made):
        filmed(made)
        assert self.size(replace(made.cut, raster=None)) == (RASTER, "")

    def test_a_file_knows_better_than_the_document(self, made: Made):
        filmed(made)
        told = replace(made.cut, raster=None)
        for each in told.video_tracks[0].items:
            each.media = replace(each.media, raster=Raster(640, 480))  # type: ignore[type-var]
        assert self.size(told)[0] == RASTER

    def test_what_is_offline_is_as_the_document_says(self, made: Made):
        told = replace(made.cut, raster=None)
        for each in told.video_tracks[0].items:
            each.media = replace(each.media, raster=Raster(640, 480))  # type: ignore[type-var]
        assert self.size(told) == (Raster(640, 480), "")

    def test_a_file_that_is_no_film_is_passed_over(self, made: Made):
        made.media.mkdir()
        for name in "ABC":
            (made.media / f"{name}.mov").write_bytes(b"not a film")
        assert self.size(replace(made.cut, raster=None))[0] == DEFAULT_RASTER

    def test_most_neighbours_decide(self):
        def sized(start: int, name: str, width: int) -> Any:
            media = Media(url=name, rate=RATE, raster=Raster(width, 360))
            return clip(start, start + 24, name, media=media)

        made = cut(video(sized(0, "A", 640), sized(48, "B", 1280), sized(96, "C", 640)))
        assert self.size(made)[0].width in (640, 1280)
        made = cut(
            video(
                *(sized(start, name, 640) for start, name in ((0, "A"), (48, "B"), (96, "C"))),
                sized(144, "D", 1280),
            )
        )
        assert self.size(made)[0].width == 640

    def test_else_that_of_any_clip(self):
        far = Media(url="far", rate=RATE, raster=Raster(720, 576, Fraction(16, 15)))
        made = cut(video(clip(0, 24, "A"), clip(48, 72, "B"), clip(72, 96, "C", media=far)))
        assert self.size(made) == (Raster(720, 576, Fraction(16, 15)), "")

    def test_a_guess_is_said(self):
        made = cut(video(clip(0, 24, "A"), clip(48, 72, "B")))
        raster, note = self.size(made)
        assert raster == DEFAULT_RASTER
        assert note == "Nothing in the cut says its picture size; 1920×1080 is taken."

    def test_the_guess_is_told_once_and_only_where_it_matters(self):
        made = cut(video(clip(0, 24, "A"), clip(48, 72, "B")))
        gaps = find_gaps(made).gaps
        assert plan_cut(0, made, "c", gaps, ShotSettings(), {}).notes != ()
        assert plan_cut(0, made, "c", gaps, ShotSettings(raster=RASTER), {}).notes == ()
        assert plan_cut(0, made, "c", [], ShotSettings(), {}).notes == ()


class TestPlans:
    def test_what_was_asked_of_all_shots(self, made: Made):
        settings = ShotSettings(
            Raster(640, 360), model="fake:m", takes=3, handles=2, lettering=False
        )
        for shot in made.planned(settings=settings).shots:
            assert (shot.width, shot.height, shot.model) == (640, 360, "fake:m")
            assert (shot.takes, shot.handles, shot.lettering) == (3, 2, False)

    def test_every_shot_has_its_gap(self, made: Made):
        planned = made.planned()
        assert [planned.gaps[shot.gap.id].start for shot in planned.shots] == [24, 78]
        assert planned.refused == {}

    def test_a_plan_that_a_person_edited_is_held_against_the_cut(self, made: Made):
        first, second = made.planned().shots
        gone = second.model_copy(update={"gap": second.gap.model_copy(update={"id": "gone"})})
        plan = Plan(cut="scene.otio", shots=(first.model_copy(update={"text": "fog"}), gone))
        shorter = made.cut
        shorter.video_tracks[0].items.pop()
        found = follow_plan(0, shorter, find_gaps(shorter).gaps, plan)
        assert [(shot.id, shot.text) for shot in found.shots] == [("pk010", "fog")]
        assert list(found.refused) == ["pk020"]


class TestNames:
    def test_an_empty_folder_knows_none(self, made: Made):
        assert known_names(made.folder) == {}

    def test_from_the_plan_and_the_takes(self, made: Made):
        planned = made.planned()
        keep(made, replace(planned, shots=planned.shots[:1]))
        made.take(1, "pk020")
        assert known_names(made.folder) == {s.gap.id: s.id for s in planned.shots}

    def test_a_spoilt_plan_leaves_the_takes_theirs(self, made: Made):
        made.take(1)
        made.folder.plan.write_text("{", "utf-8")
        assert list(known_names(made.folder).values()) == ["pk010"]

    def slipped(self, made: Made, by: int = 5) -> Cut:
        """The clip before the first gap shows other frames."""
        changed = made.cut
        first = changed.video_tracks[0].items[0]
        first.source_start += Fraction(by, 24)
        return changed

    def test_a_hole_with_other_frames_around_it_keeps_its_name(self, made: Made):
        keep(made, made.planned())
        changed = self.slipped(made)
        gaps = find_gaps(changed).gaps
        known = known_names(made.folder)
        assert [gap.id in known for gap in gaps] == [False, True]
        assert names_by_place(made.folder, changed, gaps, known) == {gaps[0].id: "pk010"}

    def test_a_name_whose_gap_is_still_there_is_not_given_away(self, made: Made):
        keep(made, made.planned())
        gaps = find_gaps(made.cut).gaps
        assert names_by_place(made.folder, made.cut, gaps, {}) == {}

    def test_a_hole_of_another_length_or_place_is_another(self, made: Made):
        keep(made, made.planned())
        longer = self.slipped(made)
        longer.video_tracks[0].items[0].end -= 1
        assert names_by_place(made.folder, longer, find_gaps(longer).gaps, {}) == {}

    def test_another_sequence_has_names_of_its_own(self, made: Made):
        keep(made, made.planned())
        other = replace(self.slipped(made), name="Scene 5")
        assert names_by_place(made.folder, other, find_gaps(other).gaps, {}) == {}

    @pytest.mark.parametrize("text", [None, "{", "[]"])
    def test_without_a_plan_there_is_no_place(self, made: Made, text: str | None):
        if text is not None:
            made.folder.root.mkdir()
            made.folder.plan.write_text(text, "utf-8")
        changed = self.slipped(made)
        assert names_by_place(made.folder, changed, find_gaps(changed).gaps, {}) == {}


class TestFrames:
    def test_they_are_those_at_the_cut(self, made: Made):
        planned = extract_frames(filmed(made).planned(), made.folder)
        first, second = planned.shots
        assert [number(made, ref) for ref in (first.first_frame, first.last_frame)] == [23, 0]
        assert [number(made, ref) for ref in (second.first_frame, second.last_frame)] == [23, 0]
        ref = first.first_frame
        assert ref is not None
        assert (ref.file, ref.reason) == ("frames/pk010_first.png", "")
        assert ref.sha256 == sha256_of(made.folder.frames / "pk010_first.png")

    def test_each_shot_is_told_of(self, made: Made):
        told: list[int] = []
        extract_frames(made.planned(), made.folder, lambda: told.append(1))
        assert len(told) == 2

    def test_offline_media_are_named(self, made: Made):
        shot = extract_frames(made.planned(), made.folder).shots[0]
        assert shot.first_frame is not None
        assert shot.first_frame.reason == f"the media is offline: {made.media / 'A.mov'}"
        assert (shot.first_frame.file, shot.first_frame.sha256) == ("", "")
        assert not made.folder.frames.exists()

    @pytest.mark.parametrize(
        ("media", "reason"),
        [
            (Media(missing=True), "the cut says that the media is missing"),
            (Media(url="s3://bucket/a.mov"), "the cut names no local file for it"),
        ],
    )
    def test_media_that_are_no_file_here(self, made: Made, media: Media, reason: str):
        changed = made.cut
        changed.video_tracks[0].items[1].media = replace(media, rate=RATE)
        gaps = find_gaps(changed).gaps
        planned = plan_cut(0, changed, "c", gaps, ShotSettings(), {})
        refs = [s.last_frame for s in extract_frames(planned, made.folder).shots if s.last_frame]
        assert reason in [ref.reason for ref in refs]

    def test_a_file_that_cannot_be_decoded_is_said(self, made: Made):
        filmed(made, "B", "C")
        (made.media / "A.mov").write_bytes(b"\0" * 500)
        first = extract_frames(made.planned(), made.folder).shots[0]
        assert first.first_frame is not None
        assert first.first_frame.reason.startswith("A.mov: ")
        assert number(made, first.last_frame) == 0

    def test_where_there_is_no_neighbour_there_is_no_frame(self, made: Made):
        filmed(made, "A")
        lonely = cut(video(made.cut.video_tracks[0].items[0], item(ItemKind.TITLE, 80, 90)))
        gaps = [replace(gap, after=None) for gap in find_gaps(lonely).gaps][:1]
        planned = plan_cut(0, lonely, "c", gaps, ShotSettings(raster=RASTER), {})
        (shot,) = extract_frames(planned, made.folder).shots
        assert shot.last_frame is None
        assert number(made, shot.first_frame) == 23

    def test_a_shot_that_stands_in_the_cut_already_keeps_its_frames(self, made: Made):
        planned = made.planned()
        placed = replace(planned, gaps={})
        assert extract_frames(placed, made.folder).shots == placed.shots


class TestAHostThatShowsFrames:
    def test_it_helps_out_where_media_cannot_be_read(self, made: Made):
        screen = Screen()
        filmed(made, "A", "B")
        shots = extract_frames(made.planned(), made.folder, shows=screen).shots
        assert screen.asked == [108], "only for what cannot be had here, in frames of the cut"
        ref = shots[1].last_frame
        assert ref is not None
        assert (ref.file, ref.reason) == ("frames/pk020_last.png", "")

    def test_it_is_asked_first_where_the_grade_is_wanted(self, made: Made):
        screen = Screen(as_graded=True)
        shots = extract_frames(filmed(made).planned(), made.folder, shows=screen).shots
        assert screen.asked == [23, 54, 77, 108]
        assert shots[0].first_frame is not None
        assert tuple(pixels(made.folder.root / shots[0].first_frame.file)[5, 5]) == (200, 30, 30)

    def test_what_it_cannot_show_is_read(self, made: Made):
        screen = Screen(as_graded=True, fails=True)
        shots = extract_frames(filmed(made).planned(), made.folder, shows=screen).shots
        assert number(made, shots[0].first_frame) == 23

    def test_what_nobody_has_is_said_with_both_reasons(self, made: Made):
        ref = extract_frames(made.planned(), made.folder, shows=Screen(fails=True)).shots[0]
        assert ref.first_frame is not None
        assert "the media is offline" in ref.first_frame.reason
        assert "the viewer is black" in ref.first_frame.reason


class TestReferenceImages:
    def image(self, folder: Path, name: str = "anna.png") -> Reference:
        path = folder / name
        Image.new("RGB", (40, 30), (10, 200, 10)).save(path)
        return Reference(name="Anna", path=str(path), sha256=sha256_of(path))

    def test_they_are_copied_beside_the_frames(self, made: Made, tmp_path: Path):
        image = self.image(tmp_path)
        extract_frames(made.planned(references=(image,)), made.folder)
        kept = picture_file(image, made.folder)
        assert kept.parent == made.folder.frames
        assert pixels(kept).shape == (30, 40, 3)

    def test_a_file_that_is_not_the_one_meant_is_not_taken(self, made: Made, tmp_path: Path):
        """A plan from elsewhere shows nothing of this machine that its writer has not had."""
        image = self.image(tmp_path)
        Path(image.path).write_bytes(b"something private")
        extract_frames(made.planned(references=(image,)), made.folder)
        assert not picture_file(image, made.folder).exists()

    @pytest.mark.parametrize("path", ["", "/nowhere/anna.png"])
    def test_one_that_is_not_there_stays_out(self, made: Made, path: str):
        image = Reference(name="Anna", path=path, sha256="a" * 64)
        extract_frames(made.planned(references=(image,)), made.folder)
        assert not picture_file(image, made.folder).exists()

    def test_one_that_is_no_picture_stays_out(self, made: Made, tmp_path: Path):
        path = tmp_path / "notes.txt"
        path.write_text("no picture", "utf-8")
        image = Reference(path=str(path), sha256=sha256_of(path))
        extract_frames(made.planned(references=(image,)), made.folder)
        assert not picture_file(image, made.folder).exists()


class TestWhichFilesMayBeSent:
    def test_our_own_frames(self, made: Made):
        filmed(made)
        shot = extract_frames(made.planned(), made.folder).shots[0]
        assert frame_file(shot.first_frame, made.folder) == made.folder.frames / "pk010_first.png"

    @pytest.mark.parametrize(
        "file", ["", "/etc/passwd", "../secret.png", "frames/../../secret.png", "plan.json"]
    )
    def test_nothing_that_a_plan_names_elsewhere(self, made: Made, file: str):
        made.folder.frames.mkdir(parents=True)
        (made.folder.root.parent / "secret.png").write_bytes(b"x")
        made.folder.plan.write_text("{}", "utf-8")
        assert frame_file(FrameRef(file=file), made.folder) is None

    def test_none_where_there_is_none(self, made: Made):
        assert frame_file(None, made.folder) is None
        assert frame_file(FrameRef(file="frames/gone.png"), made.folder) is None

    def test_the_end_of_another_shot_will_be_there(self, made: Made):
        ref = FrameRef(media="pickup:pk010", file="frames/pk011_first.png")
        assert frame_file(ref, made.folder) == made.folder.frames / "pk011_first.png"

    def test_a_link_out_of_the_folder_is_not_followed(self, made: Made, tmp_path: Path):
        made.folder.frames.mkdir(parents=True)
        (tmp_path / "secret.png").write_bytes(b"x")
        (made.folder.frames / "link.png").symlink_to(tmp_path / "secret.png")
        assert frame_file(FrameRef(file="frames/link.png"), made.folder) is None


def test_the_plan_on_disk_has_the_reasons(made: Made):
    keep(made, extract_frames(made.planned(), made.folder))
    shot = json.loads(made.folder.plan.read_text("utf-8"))["shots"][0]
    assert "offline" in shot["first_frame"]["reason"]
