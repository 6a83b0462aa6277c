"""The id of a gap: the same while the gap stays what it is, another when it becomes another."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cut.builders import clip, cut, video

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, ImageSequence, Item, Media, Track

URL = "file:///Volumes/A%20disk/day%201/A001%20x.mov"


def media(url: str = URL, **more: Any) -> Media:
    return Media(url=url, rate=Fraction(24), name="A001", **more)


def scene(before: Item | None = None, after: Item | None = None, hole: int = 48) -> Cut:
    out = before or clip(0, 48, "out", media=media())
    back = after or clip(48 + hole, 96 + hole, "back", media=media("/m/B001.mov"))
    return cut(video(out, back))


def id_of(scene_: Cut) -> str:
    (gap,) = find_gaps(scene_).gaps
    return gap.id


SAME = id_of(scene())


class TestStaysTheSame:
    def test_it_is_short_and_plain(self):
        assert len(SAME) == 11
        assert SAME[0] == "g"
        assert set(SAME[1:]) <= set("0123456789abcdef")

    def test_when_all_is_pushed_later(self):
        moved = scene()
        for item in moved.tracks[0].items:
            item.start, item.end = item.start + 100, item.end + 100
        moved.tracks[0].items.insert(0, clip(0, 100, "new"))
        assert id_of(moved) == SAME

    @pytest.mark.parametrize("what", ["name", "note", "color"])
    def test_when_a_clip_beside_it_is_renamed(self, what: str):
        changed = scene()
        setattr(changed.tracks[0].items[0], what, "#ff0000")
        assert id_of(changed) == SAME

    @pytest.mark.parametrize(
        "url",
        [
            "file://localhost/D%3a/other/A001%20x.mov",
            "/mnt/proxies/A001 x.mov",
            "C:\\Shots\\A001 x.mov",
            "\\\\server\\share\\A001 x.mov",
            "media/A001 x.mov",
        ],
    )
    def test_when_its_media_is_moved_or_written_another_way(self, url: str):
        assert id_of(scene(clip(0, 48, "out", media=media(url)))) == SAME

    def test_when_the_clip_beside_it_is_cut_elsewhere(self):
        head = [clip(0, 20, "out", media=media()), clip(20, 48, "out", media=media())]
        head[1].source_start = Fraction(20, 24)
        divided = scene()
        divided.tracks[0].items[:1] = head
        assert id_of(divided) == SAME

    def test_when_other_tracks_and_gaps_come_and_go(self):
        more = scene()
        more.tracks.append(Track("video", items=[clip(200, 260, "far")]))
        assert SAME in [gap.id for gap in find_gaps(more).gaps]


class TestBecomesAnother:
    def test_when_it_is_longer(self):
        assert id_of(scene(hole=49)) != SAME

    def test_when_a_clip_beside_it_slips(self):
        slipped = clip(0, 48, "out", media=media(), source_start=Fraction(1, 24))
        assert id_of(scene(slipped)) != SAME

    def test_when_another_shot_stands_beside_it(self):
        other = clip(0, 48, "out", media=media("/m/C007.mov"))
        assert id_of(scene(other)) != SAME


def test_gaps_between_the_same_frames_are_told_apart_in_order():
    """As where one shot is used again and again."""
    items = [clip(at, at + 24, "a", media=media()) for at in (0, 48, 96, 144)]
    ids = [gap.id for gap in find_gaps(cut(video(*items))).gaps]
    assert len(set(ids)) == 3


def test_media_without_an_address_is_known_by_the_clip():
    def between(name: str) -> str:
        nameless = Media(rate=Fraction(24))
        return id_of(scene(clip(0, 48, name, media=nameless)))

    assert between("reel 1") == between("reel 1")
    assert between("reel 1") != between("reel 2")


def test_image_sequences_are_known_by_their_prefix():
    def between(prefix: str, base: str) -> str:
        frames = ImageSequence(base, prefix, ".exr", 1001, 4)
        beside = media(base, path=Path(base), sequence=frames)
        return id_of(scene(clip(0, 48, "out", media=beside)))

    assert between("shot_010.", "/a") == between("shot_010.", "/b")
    assert between("shot_010.", "/a") != between("shot_020.", "/a")
