"""Sixty items, twelve gaps, and a Resolve that lies: exact, or reported, never silently wrong."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.resolve.scenes import GROUPS, RATES, Scene, build, check, placements
from tests.unit.resolve.ways import bridged, direct

from pickup.errors import PickupError
from pickup_resolve import journal
from pickup_resolve.host import ResolveHost
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.testing import Lie

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = {Lie.DUPLICATE_FAILS, Lie.RIPPLES, Lie.EXPORT_WITHOUT_FILE, Lie.NO_PROJECT}
"""What cannot be got round: the whole placement is refused, and the timeline as it was."""

NOT_PLACED = {
    Lie.IN_POINT_IGNORED,
    Lie.LOCKED_LATE,
    Lie.VANISHES_AT_EVERY_SAVE,
    Lie.EXPORT_DISAGREES,
    Lie.INCLUSIVE_END,  # from 19 on, where it is not so
}
"""Some or all clips are reported."""


def fill(scene: Scene, way=direct) -> tuple[set[str], str]:
    """Read, place, and hold the result against the scene: shots that failed, and a refusal.

    Each has a home of its own: what one leaves behind shall not be found by the next.
    """
    with (
        tempfile.TemporaryDirectory() as home,
        pytest.MonkeyPatch.context() as patch,
        way(scene.fake) as resolve,
    ):
        patch.setenv("PICKUP_HOME", home)
        return _fill(scene, resolve)


def _fill(scene: Scene, resolve) -> tuple[set[str], str]:
    scene.fake.page = "fairlight"
    folder = scene.fake.project._pool._folder
    playhead = scene.timeline._playhead = scene.timeline._start + 123
    wanted, failed, refusal = [], set(), ""
    try:
        host = ResolveHost(resolve)
        document = host.read()
        wanted = placements(scene.folder, document.cuts[0])
        assert len(wanted) == GROUPS
        failed = set(host.write(document, {0: wanted}).failed)
    except PickupError as error:
        refusal = str(error)
        failed = {one.take.metadata["shot"] for one in wanted}
    check(scene, wanted, failed)
    assert scene.fake.page == ("edit" if Lie.NO_PAGE in scene.fake.lies else "fairlight")
    assert scene.timeline._playhead == playhead
    assert scene.fake.project._pool._folder is folder
    assert not scene.fake.modal
    assert not journal.pending()
    return failed, refusal


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("version", [(18, 6, 6, 7), (19, 1, 3, 7), (20, 2, 1, 6), (21, 1, 0, 14)])
def test_every_gap_is_filled_to_the_frame(tmp_path: Path, rate, version):
    assert fill(build(tmp_path, (), rate, version)) == (set(), "")


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("lie", Lie, ids=lambda lie: lie.name)
def test_each_lie_is_seen_through_or_reported(tmp_path: Path, lie, rate):
    hold(lie, *fill(build(tmp_path, (lie,), rate)))


@pytest.mark.parametrize("lie", Lie, ids=lambda lie: lie.name)
def test_each_lie_over_the_bridge_is_seen_through_or_reported(tmp_path: Path, lie):
    scene = build(tmp_path, (lie,), RATES[0], (20, 2, 1, 6), studio=False)
    hold(lie, *fill(scene, bridged))


def hold(lie: Lie, failed: set[str], refusal: str) -> None:
    """Only what cannot be got round is refused or reported."""
    assert bool(refusal) == (lie in REFUSED)
    if lie not in REFUSED | NOT_PLACED:
        assert not failed


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lies=st.frozensets(st.sampled_from(list(Lie)), min_size=2, max_size=7),
    rate=st.sampled_from(RATES),
)
def test_no_mixture_of_lies_is_a_silent_wrong(tmp_path: Path, lies, rate):
    fill(build(tmp_path, lies, rate))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_the_bridge_fills_like_the_library(tmp_path: Path, rate):
    assert fill(build(tmp_path, (), rate, (20, 2, 1, 6), studio=False), bridged) == (set(), "")


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lies=st.frozensets(st.sampled_from(list(Lie)), min_size=1, max_size=6))
def test_no_mixture_of_lies_gets_past_the_bridge(tmp_path: Path, lies):
    fill(build(tmp_path, lies, RATES[3], studio=False), bridged)


def test_a_restored_timeline_has_its_name_back(tmp_path: Path):
    scene = build(tmp_path, (Lie.RIPPLES,))
    _, refusal = fill(scene)
    assert "as it was before" in refusal
    assert [one._name for one in scene.fake.project._timelines].count("Scene 4") == 1


def test_settings_are_read(tmp_path: Path):
    assert PlaceSettings.load() == PlaceSettings()


def test_a_refusal_is_no_false_alarm_where_ids_change_by_themselves(tmp_path: Path):
    _, refusal = fill(build(tmp_path, (Lie.DUPLICATE_FAILS, Lie.RESTLESS_IDS)))
    assert "as it was before" in refusal


def while_placing(scene: Scene, change) -> None:
    """Have something happen to the timeline between two appends."""

    def on_call(name: str) -> None:
        if name == "AppendToTimeline" and scene.fake.calls[name] == 3:
            change(scene.timeline._tracks["video"][0])

    scene.fake.on_call = on_call


@pytest.mark.parametrize("lies", [(), (Lie.RESTLESS_IDS,)], ids=str)
def test_an_item_that_was_replaced_on_its_own_frames_is_noticed(tmp_path: Path, lies):
    scene = build(tmp_path, lies)

    def swap(track) -> None:
        item = track.sorted()[0]
        twin = type(item)(
            scene.fake, scene.timeline, item._name, item._start, item._end, media=item._media
        )
        track.items[track.items.index(item)] = twin

    while_placing(scene, swap)
    _, refusal = fill(scene)
    assert ", 1 that stood on the timeline have moved" in refusal


def test_a_transition_that_moves_is_noticed_though_its_id_changes_by_itself(tmp_path: Path):
    scene = build(tmp_path, (Lie.RESTLESS_IDS,))

    def shift(track) -> None:
        one = next(item for item in track.sorted() if item._kind == "transition")
        one._start += 1

    while_placing(scene, shift)
    _, refusal = fill(scene)
    assert ", 1 that stood on the timeline have moved" in refusal
