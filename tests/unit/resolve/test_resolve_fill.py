"""The whole job on the fake: read, plan, film with the local model, conform, place, read back."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.e2e.footage import HEIGHT, WIDTH, film
from tests.unit.resolve.ways import bridged, direct

from pickup.cut.model import Raster
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import fill
from pickup.fill.values import FillOptions, Retake, Silent
from pickup.home import home
from pickup_resolve.api import Resolve
from pickup_resolve.exchange import ExchangeHost
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import FakeResolve
from pickup_resolve.testing.items import FakeMediaPoolItem, FakeTimelineItem
from pickup_resolve.testing.otio import write_otio
from pickup_resolve.testing.program import still

if TYPE_CHECKING:
    from pathlib import Path

NTSC = Fraction(24000, 1001)
GAPS = [(20, 38), (58, 70)]


@pytest.fixture
def fake(tmp_path: Path) -> FakeResolve:
    """Twenty frames of footage on either side of gaps of 18 and 12 frames."""
    fake = FakeResolve((20, 2, 1, 6), studio=False, rate=NTSC)
    (media,) = fake.project._pool.ImportMedia([str(film(tmp_path / "A004.mov", 90, NTSC))])
    items = fake.timeline._tracks["video"][0].items
    for name, start, left in (("A", 0, 0), ("B", 38, 30), ("C", 70, 60)):
        at = fake.timeline._start + start
        item = FakeTimelineItem(fake, fake.timeline, name, at, at + 20, media=media)
        item._left = left
        items.append(item)
    return fake


def options(**more) -> FillOptions:
    raster = Raster(WIDTH, HEIGHT)
    return FillOptions(
        shots=ShotSettings(model="animatic", raster=raster, lettering=False),
        budget=Decimal(0),
        **more,
    )


def placed(fake: FakeResolve) -> list[tuple[FakeTimelineItem, FakeMediaPoolItem]]:
    """The items that wear our colour, with what they show."""
    items = fake.timeline._tracks["video"][0].sorted()
    return [(item, item._media) for item in items if item._media and item._color]


@pytest.mark.parametrize("way", [direct, bridged])
def test_the_gaps_of_the_open_timeline_are_filled(tmp_path: Path, fake, way):
    with way(fake) as resolve:
        host = ResolveHost(resolve)
        result = fill(host, options(), Silent())
        again = fill(host, options(), Silent())
    assert not result.failed
    assert len(result.filled) == 2
    origin = fake.timeline._start
    assert [(i._start - origin, i._end - origin) for i, _ in placed(fake)] == GAPS
    for item, media in placed(fake):
        record = json.loads(media._third["pickup.record"])
        assert record["synthetic"] is True
        assert media._facts.frames == item._end - item._start + 16
        assert item._left == 8
    assert not again.filled
    assert not again.failed


def test_a_shot_is_retaken_where_it_stands(tmp_path: Path, fake):
    with direct(fake) as resolve:
        host = ResolveHost(resolve)
        shot = fill(host, options(), Silent()).filled[0].shot.id
        result = fill(host, options(retake=Retake(shot)), Silent())
    assert not result.failed
    first, media = placed(fake)[0]
    assert (len(first._takes), first._take) == (2, 2)
    assert media._name.startswith(f"{shot}_t02")
    assert len(placed(fake)) == 2


def test_by_files_the_result_imports_exact_and_online(tmp_path: Path, fake):
    exported = tmp_path / "Scene 4.otio"
    write_otio(fake.timeline, exported)
    result = fill(ExchangeHost(exported), options(), Silent())
    assert not result.failed
    imported = fake.import_by_hand(result.out)
    items = imported._tracks["video"][0].sorted()
    edges = [(item._start - imported._start, item._end - imported._start) for item in items]
    assert edges == [(0, 20), (20, 38), (38, 58), (58, 70), (70, 90)]
    assert all(item._media is not None for item in items)
    assert [item._left for item in items] == [0, 8, 30, 8, 60]


def test_only_what_the_marks_touch_is_filled(tmp_path: Path, fake):
    fake.timeline._marks = {"video": {"in": 50, "out": 60}}
    with direct(fake) as resolve:
        result = fill(ResolveHost(resolve, limit="inout"), options(), Silent())
    assert [shot.shot.gap.start for shot in result.filled] == [58]
    assert len(placed(fake)) == 1
    with direct(fake) as resolve:
        result = fill(ResolveHost(resolve), options(), Silent())
    assert [shot.shot.gap.start for shot in result.filled] == [20]
    assert len(placed(fake)) == 2


def frames_of(host: ResolveHost) -> dict[str, Path]:
    folder = host.cut_path.with_suffix(".pickup") / "frames"
    return {path.name: path for path in folder.glob("pk*.png")}


def test_frames_of_media_that_cannot_be_read_are_shown_by_resolve(tmp_path: Path, fake):
    (tmp_path / "A004.mov").write_bytes(b"a codec that nobody here knows")
    with direct(fake) as resolve:
        host = ResolveHost(resolve)
        result = fill(host, options(), Silent())
    assert not result.failed
    shown = {name: path.read_bytes() for name, path in frames_of(host).items()}
    origin = fake.timeline._start
    assert shown == {
        "pk010_first.png": still(origin + 19),
        "pk010_last.png": still(origin + 38),
        "pk020_first.png": still(origin + 57),
        "pk020_last.png": still(origin + 70),
    }
    assert fake.timeline._playhead == origin, "the playhead is where it was"


def test_frames_are_shown_as_graded_where_that_is_wanted(tmp_path: Path, fake):
    with direct(fake) as resolve:
        host = ResolveHost(resolve)
        fill(host, options(), Silent())
        source = frames_of(host)["pk010_first.png"].read_bytes()
    assert source != still(fake.timeline._start + 19)
    set_up("as_graded = true")
    other = FakeResolve(rate=NTSC)
    other.timeline._tracks["video"][0].items += [
        item for item in fake.timeline._tracks["video"][0].items if not item._color
    ]
    with direct(other) as resolve:
        host = ResolveHost(resolve)
        fill(host, options(), Silent())
    assert frames_of(host)["pk010_first.png"].read_bytes() == still(other.timeline._start + 19)


def test_a_resolve_that_shows_no_stills_leaves_the_source_frames(tmp_path: Path, fake, monkeypatch):
    set_up("as_graded = true")
    monkeypatch.setattr(type(fake.project), "ExportCurrentFrameAsStill", lambda *a: False)
    with direct(fake) as resolve:
        host = ResolveHost(resolve)
        assert not fill(host, options(), Silent()).failed
    assert len(frames_of(host)) == 4


def set_up(line: str) -> None:
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text(f"[resolve]\n{line}\n", "utf-8")


class TestInThePanel:
    @pytest.fixture
    def opened(self, fake):
        from pickup_ui.work.opening import Preferences, open_cut

        def look(**limit):
            host = ResolveHost(Resolve.of(fake), **limit)
            wanted = ShotSettings(model="animatic", raster=Raster(WIDTH, HEIGHT), lettering=False)
            return open_cut(host, Preferences(shots=wanted))

        return look

    def test_clips_placed_earlier_are_shots_with_their_takes(self, fake, opened):
        with direct(fake) as resolve:
            fill(ResolveHost(resolve), options(), Silent())
        cut = opened()
        assert [shot.id for shot in cut.shots] == ["pk010", "pk020"]
        assert cut.standing == {"pk010": 1, "pk020": 1}
        assert [len(cut.takes[shot.id]) for shot in cut.shots] == [1, 1]
        assert [(s.gap.start, s.gap.start + s.gap.duration) for s in cut.shots] == GAPS
        assert {s.first_frame.name for s in cut.shots if s.first_frame} == {"A", "B"}

    def test_one_placed_and_one_open_stand_in_their_order(self, fake, opened):
        fake.timeline._marks = {"video": {"in": 50, "out": 60}}
        with direct(fake) as resolve:
            fill(ResolveHost(resolve, limit="inout"), options(), Silent())
        cut = opened()
        assert [shot.gap.start for shot in cut.shots] == [20, 58]
        assert set(cut.standing) == {cut.shots[1].id}
        assert len({shot.id for shot in cut.shots}) == 2

    def test_what_stands_is_not_placed_again_and_another_take_is(self, fake, opened):
        from pickup.fill.takes import choose
        from pickup_ui.work.opening import with_takes
        from pickup_ui.work.placing import chosen, place, propose

        with direct(fake) as resolve:
            host = ResolveHost(resolve)
            fill(host, options(), Silent())
            fill(host, options(retake=Retake("pk020")), Silent())
        assert chosen(opened()) == []
        cut = opened()
        choose(cut.folder, "pk020", 1)
        cut = with_takes(cut)
        (change,) = propose(cut, chosen(cut)).changes
        assert (change.shot, change.take, change.instead) == ("pk020", "pk020_t01", "pk020_t02")
        before = [(i._start, i._end) for i in fake.timeline._tracks["video"][0].sorted()]
        assert not place(cut, chosen(cut)).written.failed
        assert opened().standing["pk020"] == 1
        assert [(i._start, i._end) for i in fake.timeline._tracks["video"][0].sorted()] == before

    def test_the_limits_of_the_host_hold_there_too(self, fake, opened):
        fake.timeline._marks = {"video": {"in": 0, "out": 30}}
        assert [shot.gap.start for shot in opened(limit="inout").shots] == [20]

    def test_the_panel_goes_to_the_clip_under_the_playhead(self, fake, opened, qtbot):
        from pickup_ui.panel import Panel

        with direct(fake) as resolve:
            fill(ResolveHost(resolve), options(), Silent())
        fake.timeline._playhead = fake.timeline._start + 60
        panel = Panel()
        qtbot.addWidget(panel)
        panel.session.show(opened())
        qtbot.waitUntil(lambda: panel.session.current == "pk020")
        assert panel.commands.here.isVisible()
        fake.timeline._playhead = fake.timeline._start + 25
        panel.commands.here.trigger()
        qtbot.waitUntil(lambda: panel.session.current == "pk010")
        fake.timeline._playhead = fake.timeline._start + 5
        panel.commands.here.trigger()
        qtbot.waitUntil(lambda: not panel.tasks.running)
        assert panel.session.current == "pk010"
