"""The report: one page, complete in itself, drawn to scale, in which no name can do harm."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from tests.e2e.footage import film
from tests.unit.cut.builders import clip, cut, item, video
from tests.unit.fill.made import RATE, Made

from pickup.cut.model import Cut, CutFile, ItemKind
from pickup.fill.placing import filled_shots
from pickup.fill.prepare import extract_frames
from pickup.fill.report import ROW, STRIP_WIDTH, write_report
from pickup.fill.takes import choose
from pickup.fill.values import FillResult

if TYPE_CHECKING:
    from pathlib import Path


class Page(HTMLParser):
    """What a browser would find."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def boxes(self) -> list[tuple[str, float, float, float]]:
        """Of all strips: kind, x, y, width."""
        return [
            (found["class"], float(found["x"]), float(found["y"]), float(found["width"]))
            for tag, found in self.tags
            if tag == "rect"
        ]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def page(made: Made, *, of: Cut | None = None, **given: Any) -> Page:
    planned = extract_frames(made.planned(**given.pop("shot", {})), made.folder)
    failed: dict[str, str] = given.pop("failed", {})
    filled = filled_shots([planned], made.folder, {})
    result = FillResult(
        made.cut_path.with_name("scene.filled.otio"), made.folder.report, tuple(filled), failed
    )
    for name, value in given.items():
        object.__setattr__(result, name, value)
    document = CutFile(made.cut_path, "otio", [of or planned.cut], None)
    write_report(document, result, made.folder)
    return Page(made.folder.report.read_text("utf-8"))


def with_film(made: Made, number: int = 1, **changes: Any) -> None:
    film(made.take(number, **changes), 46, RATE)


class TestWords:
    def test_what_was_done_and_what_not(self, made: Made):
        with_film(made)
        text = page(made, failed={"pk020": "moderation: change the words"}, slips=2).text
        assert "1 shot filled, written to scene.filled.otio" in text
        assert "2 shorter holes left alone" in text
        assert "moderation: change the words" in text
        assert "All of them are synthetic and marked as such." in text

    def test_all_takes_count_in_what_it_cost(self, made: Made):
        with_film(made)
        paid = made.take(2)
        film(paid, 46, RATE)
        from pickup.fill.takes import read_takes, write_take

        for take in read_takes(made.folder):
            record = take.record.model_copy(update={"cost_usd": 0.4})
            write_take(made.folder, take.model_copy(update={"record": record}))
        choose(made.folder, "pk010", 1)
        assert "at $0.80" in page(made).text

    def test_what_is_free_is_said_to_be(self, made: Made):
        with_film(made)
        assert "at no cost" in page(made).text

    @pytest.mark.parametrize(
        "evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7319*7333 }}"]
    )
    def test_names_and_words_of_a_document_are_only_text(self, made: Made, evil: str):
        with_film(made)
        found = page(made, shot={"text": evil}, notes=(evil,), failed={evil: evil})
        tags = [tag for tag, _ in found.tags]
        assert "script" not in tags
        assert not [a for _, a in found.tags if any(name.startswith("on") for name in a)]
        assert str(7319 * 7333) not in found.text
        assert evil in " ".join(found.words)

    def test_it_needs_nothing_from_elsewhere(self, made: Made):
        with_film(made)
        page(made)
        text = made.folder.report.read_text("utf-8")
        assert not re.search(r"""(src|href)=["'](?!data:)""", text)
        assert "http" not in text.replace("http-equiv", "")


class TestPictures:
    def pictures(self, found: Page) -> list[Image.Image]:
        data = [a["src"].partition(",")[2] for tag, a in found.tags if tag == "img"]
        return [Image.open(io.BytesIO(base64.b64decode(text))) for text in data]

    def test_a_take_between_the_frames_it_joins(self, made: Made):
        for name in "ABC":
            film(made.media / f"{name}.mov", 24, RATE)
        with_film(made)
        found = page(made)
        assert len(self.pictures(found)) == 1 + 5 + 1
        assert "A, frame 23" in found.text
        assert "B, frame 0" in found.text
        assert "frame 1 frame 8 frame 15 frame 23 frame 30" in found.text

    def test_a_frame_that_could_not_be_had_says_why(self, made: Made):
        with_film(made)
        found = page(made)
        assert "the media is offline" in found.text
        assert len(self.pictures(found)) == 5

    def test_a_take_that_cannot_be_read_is_said(self, made: Made):
        made.take(1)
        found = page(made)
        assert "pk010_t01.mov: " in found.text
        assert self.pictures(found) == []

    def test_a_short_take_shows_no_frame_twice(self, made: Made):
        film(made.take(1, visible=2, frames=18), 18, RATE)
        found = page(made, shot={"frames": 2})
        assert len(self.pictures(found)) == 2

    def test_of_a_sequence_its_images_are_read(self, made: Made):
        folder = made.folder.takes / "pk010_t01"
        folder.mkdir(parents=True)
        for frame in range(46):
            Image.new("RGB", (96, 64), (frame * 5, 0, 0)).save(folder / f"a.{16 + frame:04d}.png")
        made.take(1, file="pk010_t01/a.0016.png", sequence_files=46)
        reds = [np.asarray(picture.convert("RGB"))[..., 0] for picture in self.pictures(page(made))]
        shown = [float(red.mean()) for red in reds]
        assert shown == pytest.approx([(8 + at) * 5 for at in (0, 7, 14, 22, 29)], abs=4)


class TestStrips:
    def test_before_and_after_to_scale(self, made: Made):
        with_film(made)
        boxes = page(made).boxes()
        scale = STRIP_WIDTH / 132
        clips = [box for box in boxes if box[0] == "clip"]
        assert [round(x) for _, x, _, _ in clips] == [
            round(at * scale) for at in (0, 54, 108, 0, 54, 108)
        ]
        (ours,) = [box for box in boxes if box[0] == "pickup"]
        assert ours[1:] == pytest.approx((24 * scale, 1, 30 * scale), abs=0.01)

    def strip(self, made: Made, of: Cut) -> Page:
        """The strip of another cut in which the first shot stands."""
        with_film(made)
        planned = made.planned()
        filled = filled_shots([planned], made.folder, {})
        for shot in filled:
            object.__setattr__(shot, "cut", of)
        document = CutFile(made.cut_path, "otio", [of], None)
        write_report(document, FillResult(filled=tuple(filled)), made.folder)
        return Page(made.folder.report.read_text("utf-8"))

    def test_tracks_stand_one_over_the_other(self, made: Made):
        two = cut(video(clip(0, 132, "low")), video(item(ItemKind.TITLE, 0, 24, "high")))
        boxes = self.strip(made, two).boxes()
        assert ("clip", 0.0, ROW + 1.0, STRIP_WIDTH) in boxes
        assert [box[2] for box in boxes if box[0] == "title"] == [1.0, 1.0]

    def test_what_shows_nothing_is_drawn_as_off(self, made: Made):
        off = cut(
            video(clip(0, 132, "whole"), enabled=False),
            video(clip(0, 24, "off", enabled=False), clip(24, 132, "on")),
        )
        kinds = [box[0] for box in self.strip(made, off).boxes()]
        assert kinds.count("off") == 4
        assert kinds.count("clip") == 2

    def test_thousands_of_short_clips_become_few_boxes(self, made: Made):
        many = cut(video(*(clip(n * 2, n * 2 + 2, f"c{n}") for n in range(10_000))))
        boxes = self.strip(made, many).boxes()
        assert len(boxes) < 50
        assert max(x + width for _, x, _, width in boxes) == pytest.approx(STRIP_WIDTH, abs=0.5)

    def test_short_clips_far_apart_stay_apart(self, made: Made):
        apart = cut(video(*(clip(n * 40_000, n * 40_000 + 2, f"c{n}") for n in range(5))))
        boxes = [b for b in self.strip(made, apart).boxes() if b[0] == "clip"]
        assert len(boxes) == 10
        assert min(width for *_, width in boxes) >= 0.5
