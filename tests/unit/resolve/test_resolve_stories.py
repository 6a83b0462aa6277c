"""What is placed in every way, under mixtures of lies, and while the editor goes on working."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.resolve.scenes import HEAD, RATES, build, placements
from tests.unit.resolve.stories import EVENTS, Clip, Story, current, ours_of, shot_of, tell, theirs

from pickup.errors import PickupError
from pickup_resolve import journal
from pickup_resolve.api import Resolve
from pickup_resolve.errors import LostError
from pickup_resolve.host import ResolveHost
from pickup_resolve.testing import Lie

if TYPE_CHECKING:
    from tests.unit.resolve.scenes import Scene

    from pickup.cut.placement import Placement

VERSIONS = [(18, 6, 6, 7), (19, 1, 3, 7), (20, 2, 1, 6), (21, 1, 0, 14)]

clips = st.builds(
    Clip,
    above=st.booleans(),
    sound=st.booleans(),
    takes=st.integers(1, 3),
    active=st.integers(0, 2),
)
stories = st.builds(
    Story,
    lies=st.frozensets(st.sampled_from(list(Lie)), max_size=6),
    rate=st.sampled_from(RATES),
    version=st.sampled_from(VERSIONS),
    clips=st.lists(clips, min_size=1, max_size=6).map(tuple),
    retaken=st.integers(0, 3),
    backup=st.booleans(),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=stories)
def test_nothing_is_silently_wrong(monkeypatch: pytest.MonkeyPatch, story: Story):
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("PICKUP_HOME", str(Path(folder, "home")))
        tell(Path(folder), story)


def story(*lies: Lie, clips: tuple[Clip, ...], retaken: int = 0, backup: bool = True) -> Story:
    return Story(frozenset(lies), Fraction(24), VERSIONS[2], clips, retaken, backup)


HEARD, ABOVE = Clip(sound=True), Clip(above=True)
FOUND_ONCE = {
    "a sound out of step with its picture": story(Lie.IN_POINT_IGNORED, clips=(HEARD, Clip())),
    "a sound without its picture": story(
        Lie.IN_POINT_IGNORED, Lie.SOUND_IN_PIECES, clips=(HEARD, HEARD)
    ),
    "a retake above the clip that it was to replace": story(
        Lie.TRUE_WITHOUT_EFFECT, clips=(ABOVE, ABOVE), retaken=2
    ),
    "two empty tracks of sound": story(
        Lie.SOUND_IN_PIECES, Lie.LOCKED_LATE, Lie.RIPPLES, clips=(HEARD, HEARD)
    ),
    "a clip that is one frame too long": story(
        Lie.INCLUSIVE_END, Lie.COLLISION_SLIDES, clips=(HEARD, ABOVE, Clip(takes=3, active=2))
    ),
    "a length that only reading back tells": story(
        Lie.APPEND_ANSWERS_GHOST, Lie.FLOORED_DURATION, clips=(Clip(), Clip(), HEARD)
    ),
}


@pytest.mark.parametrize("told", FOUND_ONCE.values(), ids=FOUND_ONCE.keys())
def test_what_was_wrong_once_is_not_again(tmp_path: Path, told: Story):
    tell(tmp_path, told)


@dataclass
class Disturbed:
    """A placement during which something happens."""

    scene: Scene
    wanted: list[Placement]
    refusal: PickupError | None
    failed: set[str]


def disturb(folder: Path, event: str, at: int, lies: tuple[Lie, ...] = ()) -> Disturbed:
    """Place six clips, and have something happen before a call."""
    scene = build(folder, lies)
    host = ResolveHost(Resolve.of(scene.fake))
    document = host.read()
    wanted = placements(folder, document.cuts[0])[:6]
    calls = 0

    def on_call(name: str) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            scene.fake.on_call = None
            EVENTS[event](scene)

    scene.fake.on_call = on_call
    refusal, failed = None, set()
    try:
        failed = set(host.write(document, {0: wanted}).failed)
    except PickupError as error:
        refusal = error
    scene.fake.on_call = None
    return Disturbed(scene, wanted, refusal, failed)


def exact(told: Disturbed) -> bool:
    """Whether just what was not reported stands there, exactly."""
    timeline = told.scene.timeline
    origin = timeline._start
    return ours_of(timeline) == {
        ("video", origin + one.start, origin + one.end): (one.take.path.name, HEAD)
        for one in told.wanted
        if shot_of(one) not in told.failed
    }


AT = (3, 60, 240, 330, 420, 600)
"""Calls in the first look, the import, the appends, the dressing and the looks after it."""


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("event", ["drop", "cover", "lock", "turn", "rename"])
def test_the_editor_goes_on_working(tmp_path: Path, event, at):
    told = disturb(tmp_path, event, at)
    kept = theirs(told.scene.timeline)
    assert told.refusal is None
    assert exact(told)
    if event == "drop":
        assert any("Dropped" in str(one) for one in kept)
    assert not journal.pending()


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("event", ["trim", "delete"])
def test_what_the_editor_changes_meanwhile_is_kept_beside_the_timeline(tmp_path: Path, event, at):
    told = disturb(tmp_path, event, at)
    if told.refusal is None:  # before the first look, or after the last
        assert exact(told)
        return
    if "as you left it" in str(told.refusal):  # before there was a duplicate
        assert not ours_of(told.scene.timeline)
        assert current(told.scene) is told.scene.timeline
        assert not journal.pending()
        return
    names = [one._name for one in told.scene.fake.project._timelines]
    assert "Scene 4" in names
    assert "“Scene 4 (changed)”" in str(told.refusal)
    assert told.scene.timeline._name == "Scene 4 (changed)"
    assert not ours_of(told.scene.timeline)
    assert not ours_of(current(told.scene))


@pytest.mark.parametrize("at", AT)
def test_another_timeline_that_is_opened_meanwhile_keeps_none_of_our_clips(tmp_path: Path, at):
    told = disturb(tmp_path, "leave", at)
    timelines = {one._name: one for one in told.scene.fake.project._timelines}
    assert not ours_of(timelines["Scene 5"]) or at > AT[2]
    if told.refusal is None:
        assert exact(told)
    else:
        assert "“Scene 5” " in str(told.refusal)
        assert not ours_of(told.scene.timeline)
        assert current(told.scene)._name == "Scene 5", "the editor stays where they went"


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("event", ["ask", "quit"])
def test_a_resolve_that_falls_silent_is_put_in_order_at_the_next_start(tmp_path: Path, event, at):
    told = disturb(tmp_path, event, at)
    fake = told.scene.fake
    before = theirs(told.scene.timeline)
    fake.modal, fake.gone = "", False
    assert told.refusal is not None or exact(told)
    host = ResolveHost(Resolve.of(fake))
    document = host.read()
    assert not journal.pending()
    assert theirs(told.scene.timeline) == before
    if isinstance(told.refusal, LostError):
        assert not ours_of(told.scene.timeline)
        assert document.notes[0].startswith("An earlier placement was interrupted.")
    wanted = placements(tmp_path, document.cuts[0])
    assert not host.write(document, {0: wanted}).failed


@pytest.mark.parametrize("at", AT)
def test_clips_that_are_deleted_from_the_pool_are_reported_or_stand_offline(tmp_path: Path, at):
    told = disturb(tmp_path, "tidy", at)
    assert told.refusal is None
    assert exact(told)


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_lies_and_the_editor_together_leave_no_clip_in_a_wrong_place(tmp_path: Path, event):
    lies = (Lie.COLLISION_SLIDES, Lie.VANISHES_AT_SAVE, Lie.DELETE_FAILS_FIRST)
    told = disturb(tmp_path, event, 250, lies)
    right = {
        (told.scene.timeline._start + one.start, told.scene.timeline._start + one.end)
        for one in told.wanted
    }
    if not isinstance(told.refusal, LostError):
        assert {key[1:] for key in ours_of(current(told.scene))} <= right
