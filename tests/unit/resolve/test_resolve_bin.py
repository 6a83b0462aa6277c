"""Media on its way into the pool: its bin, its import, its fields, and how it is found again."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.resolve.scenes import as_images, build, placements

from pickup_resolve import bin as media_bin
from pickup_resolve.api import MediaItem, Resolve
from pickup_resolve.boundary import Boundary
from pickup_resolve.errors import ResolveError
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve, Lie
from pickup_resolve.testing.pool import FakeFolder, FakePool

if TYPE_CHECKING:
    from pickup.cut.placement import Placement
    from pickup_resolve.api import Pool


def pool_of(fake: FakeResolve) -> Pool:
    return Resolve.of(fake).project().pool()


@pytest.mark.parametrize(
    ("shown", "file", "same"),
    [
        ("/t/a.mov", "/t/a.mov", True),
        ("/t/a.mov", "/t/b.mov", False),
        ("/u/a.mov", "/t/a.mov", False),
        ("", "/t/a.mov", False),
        ("/t/a.[1001-1054].dpx", "/t/a.1001.dpx", True),
        ("/t/a.[1002-1054].dpx", "/t/a.1001.dpx", False),
        ("/t/b.[1001-1054].dpx", "/t/a.1001.dpx", False),
        ("/t/a.1001.dpx", "/t/a.1001.dpx", True),
        ("/t/Ku\u0308che/a.mov", "/t/K\u00fcche/a.mov", True),
        ("/t/K\u00fcche/e\u0301.mov", "/t/Ku\u0308che/\u00e9.mov", True),
    ],
)
def test_the_file_that_a_clip_shows_is_recognised(shown, file, same):
    assert media_bin.shows(shown, PurePosixPath(file)) is same


def test_names_are_compared_however_they_are_composed():
    name = "/schnitt/Szène Ä/pk010_t01.mov"
    for form in ("NFC", "NFD"):
        assert media_bin.shows(unicodedata.normalize(form, name), PurePosixPath(name))


def test_a_path_of_another_system_is_no_error():
    assert not media_bin.shows("C:\\t\\a.mov", PurePosixPath("/t/a.mov"))
    assert PureWindowsPath("C:\\t\\a.mov").name == "a.mov"


def test_the_bin_is_made_once_and_left_as_it_was_found():
    fake = FakeResolve()
    pool = pool_of(fake)
    before = fake.project._pool._folder
    for _ in range(2):
        with media_bin.inside(pool, "Pickup") as folder:
            assert folder.name() == "Pickup"
            assert fake.project._pool._folder is folder.raw
        assert fake.project._pool._folder is before
    assert [one._name for one in fake.project._pool._root._folders] == ["Pickup"]


def test_the_bin_is_left_after_an_error_too():
    fake = FakeResolve()
    before = fake.project._pool._folder
    with pytest.raises(ValueError, match="in between"), media_bin.inside(pool_of(fake), "Pickup"):
        raise ValueError("in between")
    assert fake.project._pool._folder is before


def test_a_bin_inside_another_is_not_taken_for_ours():
    fake = FakeResolve()
    root = fake.project._pool._root
    inner = FakeFolder(fake, "Rushes")
    inner._folders.append(FakeFolder(fake, "Pickup"))
    root._folders.append(inner)
    with media_bin.inside(pool_of(fake), "Pickup"):
        assert [one._name for one in root._folders] == ["Rushes", "Pickup"]


@pytest.mark.parametrize(
    ("method", "said"),
    [("AddSubFolder", "made no bin “Pickup”"), ("SetCurrentFolder", "did not open the bin")],
)
def test_a_bin_that_cannot_be_had_is_said_so(monkeypatch, method, said):
    fake = FakeResolve()
    if method == "SetCurrentFolder":
        fake.project._pool._root._folders.append(FakeFolder(fake, "Pickup"))
    monkeypatch.setattr(FakePool, method, lambda *_: None)
    with pytest.raises(ResolveError, match=said), media_bin.inside(pool_of(fake), "Pickup"):
        pytest.fail("there is no bin to work in")


class Clip:
    """A clip that keeps what is written on it."""

    def __init__(self) -> None:
        self.written: dict[str, Any] = {}
        self.third: dict[str, str] = {}

    def SetClipProperty(self, key: str, value: str) -> bool:
        self.written[key] = value
        return True

    def SetMetadata(self, fields: dict[str, str]) -> bool:
        self.written |= fields
        return True

    def SetThirdPartyMetadata(self, fields: dict[str, str]) -> bool:
        self.third |= fields
        return True

    def GetThirdPartyMetadata(self, key: str) -> str:
        return self.third.get(key, "")


@pytest.fixture
def one(tmp_path: Path) -> Placement:
    scene = build(tmp_path)
    return placements(tmp_path, ResolveHost(Resolve.of(scene.fake)).read().cuts[0])[0]


def described(one: Placement, scene: str = "Scene 4", **record: Any) -> Clip:
    clip = Clip()
    take = replace(one.take, metadata={**one.take.metadata, **record})
    media_bin.describe(MediaItem(Boundary(), clip), take, one, scene)
    return clip


def test_every_field_that_resolve_shows_is_filled(one: Placement):
    assert described(one).written == {
        "Reel Name": "PK010",
        "Description": "close on her hands",
        "Comments": "Synthetic. Made by Pickup with animatic:v1.",
        "Keywords": "Pickup, synthetic",
        "Scene": "Scene 4",
        "Shot": "pk010",
        "Take": "1",
        "Reel Number": "PK010",
    }


@pytest.mark.parametrize(
    ("record", "field", "text"),
    [
        ({"prompt": '雨 & "rain"'}, "Description", '雨 & "rain"'),
        ({"prompt": ""}, "Description", "close on her hands"),
        ({"provider": ""}, "Comments", "Synthetic. Made by Pickup with v1."),
        ({"provider": "", "model": ""}, "Comments", "Synthetic. Made by Pickup."),
        ({"take": 12}, "Take", "12"),
    ],
)
def test_fields_say_what_the_record_says(one: Placement, record, field, text):
    assert described(one, **record).written[field] == text


def test_empty_fields_are_not_written(one: Placement):
    assert "Scene" not in described(one, scene="").written
    clip = Clip()
    media_bin.describe(MediaItem(Boundary(), clip), replace(one.take, reel=""), one)
    assert "Reel Name" not in clip.written
    assert "Reel Number" not in clip.written


def test_the_whole_record_travels_unseen_and_comes_back(one: Placement):
    clip = described(one, prompt="Küche", cost_usd=0.5, seed=7)
    kept = media_bin.record_of(MediaItem(Boundary(), clip))
    assert kept == {**one.take.metadata, "prompt": "Küche", "cost_usd": 0.5, "seed": 7}
    assert clip.third[media_bin.SHOT] == "pk010"
    assert json.loads(clip.third[media_bin.RECORD])["synthetic"] is True


@pytest.mark.parametrize("text", ["", "{", "3", "[]", "null", '"shot"'])
def test_what_is_no_record_of_ours_is_none(text):
    clip = Clip()
    clip.third[media_bin.RECORD] = text
    assert media_bin.record_of(MediaItem(Boundary(), clip)) is None


@pytest.mark.parametrize(
    ("shown", "rate"),
    [
        ("24", Fraction(24)), ("23.976", Fraction(24000, 1001)),
        ("29.97 DF", Fraction(30000, 1001)),
        ("59.940", Fraction(60000, 1001)), ("", Fraction(25)), ("fast", Fraction(25)),
        ("0", Fraction(25)), ("24.0", Fraction(24)),
    ],
)  # fmt: skip
def test_the_rate_of_a_clip_is_read_or_that_of_its_take(one: Placement, shown, rate):
    assert media_bin._rate({"FPS": shown}, Fraction(25)) == rate


@pytest.mark.parametrize(
    "lies", [(), (Lie.FPS_IS_NUMBER,), (Lie.IMPORT_ANSWERS_NOTHING,), (Lie.NONE_LISTS,)], ids=str
)
def test_takes_are_imported_in_one_call_and_known_by_their_files(tmp_path: Path, lies):
    scene = build(tmp_path, lies)
    wanted = placements(tmp_path, ResolveHost(Resolve.of(scene.fake)).read().cuts[0])
    pool = pool_of(scene.fake)
    scene.fake.calls.clear()
    known = media_bin.import_all(pool, [each.take for each in wanted])
    assert scene.fake.calls["ImportMedia"] == 1
    assert {str(path) for path in known} == {str(each.take.path) for each in wanted}
    with media_bin.inside(pool, "Pickup") as folder:
        for each in wanted:
            media, rate = media_bin.imported(pool, folder, each.take, known)
            assert media.path() == str(each.take.path)
            assert rate == each.take.rate
    assert scene.fake.calls["ImportMedia"] == 1


def test_one_file_for_two_shots_is_imported_once(tmp_path: Path):
    scene = build(tmp_path)
    wanted = placements(tmp_path, ResolveHost(Resolve.of(scene.fake)).read().cuts[0])
    known = media_bin.import_all(pool_of(scene.fake), [wanted[0].take] * 3)
    assert len(known) == 1


def test_single_frames_instead_of_a_sequence_are_refused(tmp_path: Path):
    scene = build(tmp_path, (Lie.INDIVIDUAL_FRAMES,))
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    one = placements(tmp_path, document.cuts[0])[0]
    images = as_images(one, tmp_path / "seq", first=0)
    failed = host.write(document, {0: [images]}).failed
    assert "sees 1 frames" in failed["pk010"]


@pytest.mark.parametrize(
    ("name", "pattern", "first", "last"),
    [
        ("a.1001.dpx", "a.%04dN.dpx", 1001, 1010),
        ("a_000.exr", "a_%03dN.exr", 0, 9),
        ("100%_take.7.dpx", "100%%_take.%01dN.dpx", 7, 16),
        ("v2_shot3.0099.dpx", "v2_shot3.%04dN.dpx", 99, 108),
    ],
)
def test_a_sequence_is_named_as_resolve_wants_it(one: Placement, name, pattern, first, last):
    take = replace(one.take, path=Path("/t", name), sequence_files=10)
    assert media_bin._as_imported(take) == {
        "FilePath": f"/t/{pattern.replace('N', '')}", "StartIndex": first, "EndIndex": last,
    }  # fmt: skip
