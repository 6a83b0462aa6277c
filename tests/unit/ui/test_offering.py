"""A host with a button of its own: it offers what is ready, and places what was agreed to, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.ui.conftest import LONG, Desk, lay_take
from tests.unit.ui.test_placing import Live

from pickup.errors import RequestError
from pickup.hosts.base import Written
from pickup_ui.hosts import Offers, Settles, host_of
from pickup_ui.models.offering import Offering
from pickup_ui.models.shot_state import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pickup.hosts.base import Change


class Beside(Live):
    """Places live, has a button, and learns later what stands."""

    track = "empty track on top"

    def __init__(self, cut: Path) -> None:
        super().__init__(cut)
        self.offers: list[tuple[Change, ...]] = []
        self.press: Callable[[Callable[[str], None]], None] = lambda refused: None
        self.told: Callable[[Mapping[str, str]], None] | None = None
        self.refusal = ""
        self.written: list[list[str]] = []

    def will_write(self) -> None:
        return None

    def offer(
        self, changes: Sequence[Change], place: Callable[[Callable[[str], None]], None]
    ) -> None:
        self.offers.append(tuple(changes))
        self.press = place

    def write(self, document: Any, placements: Any) -> Written:
        if self.refusal:
            raise RequestError(self.refusal)
        super().write(document, placements)
        self.written.append([one.take.metadata["shot"] for one in self.stands])
        return Written(None, ("Placing is under way.",))

    def settle(self, written: Written, told: Callable[[Mapping[str, str]], None]) -> None:
        self.told = told

    @property
    def listed(self) -> list[tuple[str, str]] | None:
        """What the button would do now; None before anything was said."""
        if not self.offers:
            return None
        return [(change.shot, change.take) for change in self.offers[-1]]


@pytest.fixture
def beside(open_desk: Desk, cut: Path, qtbot: Any) -> Beside:
    """The host of the open cut, with a take of either gap, none chosen."""
    for shot in ("pk010", "pk020"):
        lay_take(open_desk.session, shot)
    host = Beside(cut)
    Offering(open_desk.session, open_desk.placement, open_desk.tasks)
    reopen(open_desk, host, qtbot)
    qtbot.waitUntil(lambda: host.listed == [], timeout=LONG)
    return host


def reopen(desk: Desk, host: Any, qtbot: Any) -> None:
    with qtbot.waitSignal(desk.session.opened_changed, timeout=LONG):
        desk.session.open(host)


def until_listed(host: Beside, qtbot: Any, *shots: str) -> None:
    wanted = [(shot, f"{shot}_t01") for shot in shots]
    qtbot.waitUntil(lambda: host.listed == wanted, timeout=LONG)


def refused() -> tuple[list[str], Callable[[str], None]]:
    said: list[str] = []
    return said, said.append


def test_the_fake_is_what_the_panel_looks_for(beside):
    assert isinstance(beside, Offers)
    assert isinstance(beside, Settles)


def test_what_is_chosen_is_offered_as_the_panel_lists_it(beside, open_desk, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    with qtbot.waitSignal(open_desk.placement.proposed, timeout=LONG) as told:
        open_desk.placement.propose()
    assert beside.offers[-1] == told.args[0].changes
    assert beside.offers[-1][0].track == "empty track on top"
    open_desk.session.choose("pk020", 1)
    until_listed(beside, qtbot, "pk010", "pk020")
    open_desk.session.undo.undo()
    until_listed(beside, qtbot, "pk010")
    assert beside.written == [], "an offer places nothing"


def test_a_press_places_that_and_the_list_is_empty_then(beside, open_desk, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    said, refuse = refused()
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        beside.press(refuse)
    assert beside.written == [["pk010"]]
    assert open_desk.session.shots["pk010"].status is Status.PLACED
    until_listed(beside, qtbot)
    open_desk.session.choose("pk020", 1)
    until_listed(beside, qtbot, "pk020")
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        beside.press(refuse)
    assert beside.written == [["pk010"], ["pk020"]], "what stands is not placed again"
    assert said == []


def test_a_list_that_is_out_of_date_places_nothing(beside, open_desk, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    old = beside.press
    open_desk.session.choose("pk020", 1)
    said, refuse = refused()
    old(refuse)
    qtbot.waitUntil(lambda: bool(said), timeout=LONG)
    assert "has changed meanwhile, and nothing was placed" in said[0]
    assert open_desk.told == said, "the window says it too"
    assert beside.written == []


def test_pressed_twice_it_places_once(beside, open_desk, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    said, refuse = refused()
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        beside.press(refuse)
    beside.press(refuse)
    qtbot.waitUntil(lambda: bool(said), timeout=LONG)
    assert beside.written == [["pk010"]]


def test_nothing_chosen_is_refused_even_if_it_is_pressed(beside, open_desk, qtbot):
    said, refuse = refused()
    beside.press(refuse)
    qtbot.waitUntil(lambda: bool(said), timeout=LONG)
    assert said == ["No take is chosen yet; choose one for a gap, then place."]
    assert beside.written == []


def test_a_host_that_refuses_is_heard_in_both_places_and_offers_again(beside, open_desk, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    beside.refusal = "Another placing is not finished."
    before = len(beside.offers)
    said, refuse = refused()
    beside.press(refuse)
    qtbot.waitUntil(lambda: len(beside.offers) > before, timeout=LONG)
    assert said == open_desk.told == ["Another placing is not finished."]
    assert beside.listed == [("pk010", "pk010_t01")]
    assert open_desk.session.shots["pk010"].status is Status.CHOSEN


def test_what_did_not_land_is_chosen_again_and_offered_again(beside, open_desk, qtbot):
    for shot in ("pk010", "pk020"):
        open_desk.session.choose(shot, 1)
    until_listed(beside, qtbot, "pk010", "pk020")
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        beside.press(print)
    until_listed(beside, qtbot)
    assert beside.told is not None
    beside.told({"pk020": "something else lies at its place"})
    until_listed(beside, qtbot, "pk020")
    statuses = [state.status for state in open_desk.session.shots.values()]
    assert statuses == [Status.PLACED, Status.CHOSEN]


def test_the_end_of_a_placing_says_nothing_of_another_cut(beside, open_desk, cut, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        beside.press(print)
    reopen(open_desk, host_of(cut), qtbot)
    assert open_desk.session.shots["pk010"].status is Status.PLACED
    assert beside.told is not None
    beside.told({"pk010": "late"})
    qtbot.waitUntil(lambda: open_desk.tasks.running == 0, timeout=LONG)
    qtbot.wait(1)
    assert open_desk.session.shots["pk010"].status is Status.PLACED


def test_another_cut_that_is_opened_takes_the_offer_away(beside, open_desk, cut, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    old = beside.press
    reopen(open_desk, host_of(cut), qtbot)
    until_listed(beside, qtbot)
    said, refuse = refused()
    old(refuse)
    qtbot.waitUntil(lambda: bool(said), timeout=LONG)
    assert said == ["Another cut is open in Pickup now; nothing was placed."]
    assert beside.written == []


def test_a_cut_that_could_not_be_opened_leaves_the_offer(beside, open_desk, cut, qtbot):
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    broken = cut.with_name("broken.otio")
    broken.write_text("{", "utf-8")
    before = len(beside.offers)
    with qtbot.waitSignal(open_desk.session.failed, timeout=LONG):
        open_desk.session.open(host_of(broken))
    qtbot.waitUntil(lambda: len(beside.offers) >= before + 2, timeout=LONG)
    assert beside.offers[before] == (), "while it is being opened, nothing can be placed"
    assert beside.listed == [("pk010", "pk010_t01")]


def test_what_the_editor_took_out_of_the_cut_is_offered_again(beside, open_desk, cut, qtbot):
    """The cut was placed into itself: what does not stand in it as it is sent now is gone."""
    open_desk.session.choose("pk010", 1)
    until_listed(beside, qtbot, "pk010")
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        beside.press(print)
    until_listed(beside, qtbot)
    again = Beside(cut)
    reopen(open_desk, again, qtbot)
    until_listed(again, qtbot, "pk010")


def test_a_clip_that_a_host_could_not_place_is_not_called_placed(open_desk, cut, qtbot):
    class Refusing(Live):
        def write(self, document: Any, placements: Any) -> Written:
            super().write(document, placements)
            return Written(None, (), {"pk020": "the track is locked"})

    for shot in ("pk010", "pk020"):
        lay_take(open_desk.session, shot)
        open_desk.session.choose(shot, 1)
    assert open_desk.session.opened is not None
    open_desk.session.opened = replace(open_desk.session.opened, host=Refusing(cut))
    with qtbot.waitSignal(open_desk.placement.placed, timeout=LONG):
        open_desk.placement.place()
    statuses = [state.status for state in open_desk.session.shots.values()]
    assert statuses == [Status.PLACED, Status.CHOSEN]
