"""AAF; the files are made by pyaaf2, so that the adapter does not test itself."""

from __future__ import annotations

import json
import random
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pickup.cut.formats.aaf import AafFormat
from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, CutFile, Item, ItemKind, Media, Track
from pickup.errors import CutError

aaf2: Any = pytest.importorskip("aaf2")
pytest.importorskip("otio_aaf_adapter")


def make(path: Path, rate: str = "30000/1001", *, drop: bool = True) -> Path:
    """48 frames of a clip, 60 frames of filler, 24 frames of the clip, from 01:00:00:00."""
    fps = round(Fraction(rate))
    with aaf2.open(str(path), "w") as file:
        source = file.create.SourceMob("tape")
        source.create_tape_slots("A001", rate, fps)
        master = file.create.MasterMob("wide")
        inner = master.create_picture_slot(rate)
        inner.segment.components.append(source.create_source_clip(1, start=0, length=1000))
        cut = file.create.CompositionMob("Scene 4")
        cut.usage = "Usage_TopLevel"
        file.content.mobs.extend([source, master, cut])
        code = cut.create_timeline_slot(rate)
        start = 107892 if drop else fps * 3600
        code.segment = file.create.Timecode(fps, drop)
        code.segment.start, code.segment.length = start, 132
        picture = cut.create_picture_slot(rate)
        for first, length in ((10, 48), (None, 60), (100, 24)):
            if first is None:
                picture.segment.components.append(file.create.Filler("picture", length))
            else:
                piece = master.create_source_clip(inner.slot_id, start=first, length=length)
                picture.segment.components.append(piece)
    return path


def read(path: Path) -> CutFile:
    return AafFormat().read(path, ReadOptions())


@pytest.mark.parametrize(
    ("rate", "drop", "start"),
    [("30000/1001", True, 107892), ("30000/1001", False, 108000), ("24", False, 86400)],
)
def test_a_cut_is_read_exactly(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], rate: str, drop: bool, start: int
) -> None:
    document = read(make(tmp_path / "cut.aaf", rate, drop=drop))
    assert capfd.readouterr().out == ""
    (cut,) = document.cuts
    assert (document.format, cut.name, cut.rate) == ("aaf", "Scene 4", Fraction(rate))
    assert (cut.start, cut.duration, cut.drop_frame) == (start, 132, drop)
    items = [i for i in cut.video_tracks[0].items if i.kind is ItemKind.CLIP]
    assert [(i.name, i.start, i.end) for i in items] == [("wide", 0, 48), ("wide", 108, 132)]
    assert [(g.start, g.duration) for g in find_gaps(cut).gaps] == [(48, 60)]


def test_it_cannot_be_changed_in_place(tmp_path: Path) -> None:
    document = read(make(tmp_path / "cut.aaf"))
    out = tmp_path / "out.aaf"
    with pytest.raises(CutError, match=r"-o cut\.otio"):
        AafFormat().write(document, document.cuts[0], [], out, WriteOptions())
    assert not out.exists()


def test_a_simple_cut_is_exported(tmp_path: Path) -> None:
    media = Media(url="file:///m/a.mov", path=Path("/m/a.mov"), name="a.mov", rate=Fraction(24),
                  duration=Fraction(10))  # fmt: skip
    items = [
        Item(ItemKind.CLIP, "a", 0, 48, media=media),
        Item(ItemKind.CLIP, "b", 72, 96, media=media, source_start=Fraction(1)),
    ]
    cut = Cut("Scene 4", Fraction(24), start=86400, tracks=[Track("video", items=items)])
    out = tmp_path / "out.aaf"
    notes = AafFormat().export(cut, [], out, WriteOptions())
    assert any("relink" in note for note in notes)
    (again,) = read(out).cuts
    assert (again.start, again.rate) == (86400, Fraction(24))
    clips = [i for i in again.video_tracks[0].items if i.kind is ItemKind.CLIP]
    assert [(i.start, i.end) for i in clips] == [(0, 48), (72, 96)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not an AAF file"),
        (b"<xmeml/>", "is not an AAF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "broken, or no AAF"),
    ],
)
def test_what_is_no_aaf(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "bad.aaf"
    path.write_bytes(data)
    with pytest.raises(CutError, match=f"bad.aaf.*{words}"):
        read(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CutError, match="cannot be read"):
        read(tmp_path / "none.aaf")


def test_damaged_files_are_refused_or_read(tmp_path: Path) -> None:
    whole = make(tmp_path / "cut.aaf").read_bytes()
    dice = random.Random(4)
    path = tmp_path / "hurt.aaf"
    for _ in range(4):
        data = bytearray(whole[: dice.randrange(len(whole) // 2, len(whole))])
        for _ in range(40):
            data[dice.randrange(8, len(data))] = dice.randrange(256)
        path.write_bytes(data)
        try:
            assert read(path).cuts
        except CutError as error:
            assert "hurt.aaf" in str(error)  # noqa: PT017


def test_the_extra_is_named_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "cut.aaf")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CutError, match=r"pip install \"pickup-shots\[aaf\]\""):
        read(path)


def test_a_process_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "cut.aaf")

    def hang(*args: Any, **more: Any) -> None:
        raise subprocess.TimeoutExpired("aaf", more["timeout"])

    monkeypatch.setattr("subprocess.run", hang)
    with pytest.raises(CutError, match="longer than 10 minutes"):
        read(path)


def test_a_process_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "cut.aaf")
    monkeypatch.setattr("subprocess.run", lambda *args, **more: None)
    with pytest.raises(CutError, match="broke down"):
        read(path)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("AAFAdapterError", "does not know .odd thing."),
        ("MemoryError", "more memory"),
        ("KeyError", "it is broken"),
    ],
)
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, words: str) -> None:
    path = make(tmp_path / "cut.aaf")

    def answer(command: list[str], **more: Any) -> None:
        Path(command[6]).write_text(json.dumps({"error": kind, "text": "odd thing"}))

    monkeypatch.setattr("subprocess.run", answer)
    with pytest.raises(CutError, match=words):
        read(path)


def mark(path: Path, position: int, **said: Any) -> Path:
    """A marker put into a file, on an event slot as Avid and Resolve keep them."""
    with aaf2.open(str(path), "rw") as file:
        (cut,) = file.content.toplevel()
        slot = file.create.EventMobSlot()
        slot.edit_rate, slot.slot_id = "24", 1000
        slot["PhysicalTrackNumber"].value = 1
        slot.segment = file.create.Sequence(media_kind="DescriptiveMetadata")
        marker = file.create.DescriptiveMarker()
        marker["Position"].value = position
        for key, value in said.items():
            marker[key].value = value
        slot.segment.components.append(marker)
        cut.slots.append(slot)
    return path


class TestMarkers:
    def test_one_of_resolve_belongs_to_no_track_and_keeps_its_name_elsewhere(
        self, tmp_path: Path
    ) -> None:
        path = make(tmp_path / "cut.aaf", "24", drop=False)
        before = path.read_bytes()
        said = {"CommentMarkerUser": "pickup: her hands", "Comment": "lamp light", "Length": 24}
        with_marker = mark(path, 60, **said).read_bytes()
        (cut,) = read(path).cuts
        assert [(m.start, m.duration, m.name) for m in cut.markers] == [
            (60, 24, "pickup: her hands. lamp light")
        ]
        marked = [g for g in find_gaps(cut).gaps if g.kind.value == "marked"]
        assert [(g.start, g.duration, g.words.text) for g in marked] == [
            (60, 24, "her hands. lamp light")
        ]
        assert path.read_bytes() == with_marker != before

    def test_one_without_any_words(self, tmp_path: Path) -> None:
        (cut,) = read(mark(make(tmp_path / "cut.aaf", "24", drop=False), 60)).cuts
        assert [(m.start, m.name) for m in cut.markers] == [(60, "Marker")]
        assert find_gaps(cut).gaps[0].words.text == ""

    def test_one_of_avid_keeps_the_users_name_out_of_it(self, tmp_path: Path) -> None:
        said = {"CommentMarkerUser": "ws-12", "Comment": "insert", "DescribedSlots": {2}}
        (cut,) = read(mark(make(tmp_path / "cut.aaf", "24", drop=False), 60, **said)).cuts
        assert [(m.start, m.name) for m in cut.markers] == [(60, "insert")]


@pytest.mark.corpus
def test_lengths_agree_with_the_file_itself(corpus: Path) -> None:
    checked = 0
    for path in sorted((corpus / "timelines" / "otio-aaf-adapter").glob("*.aaf")):
        with aaf2.open(str(path)) as file:
            lengths = {
                mob.name: max(slot.segment.length for slot in mob.slots if _is_picture(slot))
                for mob in file.content.toplevel()
                if any(_is_picture(slot) for slot in mob.slots)
            }
        for cut in read(path).cuts:
            if cut.name in lengths:
                assert cut.duration == lengths[cut.name], path.name
                checked += 1
    assert checked > 7


def _is_picture(slot: Any) -> bool:
    return str(slot.segment.media_kind).lower() == "picture"


def test_sniffing() -> None:
    assert AafFormat().sniff(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....")
    assert not AafFormat().sniff(b"TITLE:")
