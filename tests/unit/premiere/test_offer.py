"""The button in Premiere: consent to one list, given once, and by a panel that knows the button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.premiere.conftest import fill_fast
from tests.unit.premiere.lines import outcomes

from pickup.errors import RequestError
from pickup.hosts.base import Announces, Change, Written
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.messages import PROTOCOLS, Sent, SequenceInfo
from pickup_premiere.offer import new_offer
from pickup_premiere.source import CompanionHost
from pickup_ui.hosts import Offers, Settles

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup_premiere.offer import Offer

SCENE = SequenceInfo(guid="guid-1", name="Scene 4")
CHANGES = (
    Change("pk010", "pk010_t01", "01:00:01:00", 20, "empty track on top", alternatives=2),
    Change("pk020", "pk020_t03", "01:00:09:00", 1, "empty track on top", instead="pk020_t02"),
)
KNOWS = {"protocols": list(PROTOCOLS)}


def offer(agreed: Callable[[], None] = lambda: None, *changes: Change) -> Offer:
    return new_offer(changes or CHANGES, SCENE, "empty track on top", agreed)


class TestTheLine:
    def test_a_panel_gets_the_whole_list_and_agrees_to_it(self, line):
        agreed: list[str] = []
        with line.panel(**KNOWS) as panel:
            assert panel.hear("welcome")["protocol"] == 2
            assert panel.hear("ready")["takes"] == [], "nothing is ready yet"
            line.server.offer(offer(lambda: agreed.append("yes")))
            ready = panel.hear("ready")
            assert (ready["sequence"], ready["name"]) == ("guid-1", "Scene 4")
            assert [(t["take"], t["where"], t["frames"], t["instead"]) for t in ready["takes"]] == [
                ("pk010_t01", "01:00:01:00", 20, ""),
                ("pk020_t03", "01:00:09:00", 1, "pk020_t02"),
            ]
            assert agreed == [], "a list places nothing"
            panel.say(type="wanted", offer=ready["offer"])
            line.until(lambda: agreed == ["yes"])

    def test_consent_is_good_once(self, line):
        agreed: list[str] = []
        with line.panel(**KNOWS) as panel:
            panel.hear("welcome")
            panel.hear("ready")
            line.server.offer(offer(lambda: agreed.append("yes")))
            name = panel.hear("ready")["offer"]
            panel.say(type="wanted", offer=name)
            panel.say(type="wanted", offer=name)
            assert "has changed" in panel.hear("trouble")["reason"]
            assert panel.hear("ready")["takes"] == []
            assert agreed == ["yes"]

    @pytest.mark.parametrize("name", ["", "another"])
    def test_consent_to_another_list_is_told_and_the_right_one_shown(self, line, name):
        agreed: list[str] = []
        with line.panel(**KNOWS) as panel:
            panel.hear("welcome")
            panel.hear("ready")
            line.server.offer(offer(lambda: agreed.append("yes")))
            shown = panel.hear("ready")
            panel.say(type="wanted", offer=name)
            assert "look at the list" in panel.hear("trouble")["reason"]
            assert panel.hear("ready") == shown
            assert agreed == []

    def test_consent_to_what_was_withdrawn_places_nothing(self, line):
        agreed: list[str] = []
        with line.panel(**KNOWS) as panel:
            panel.hear("welcome")
            panel.hear("ready")
            line.server.offer(offer(lambda: agreed.append("yes")))
            name = panel.hear("ready")["offer"]
            line.server.offer(None)
            assert panel.hear("ready")["takes"] == []
            panel.say(type="wanted", offer=name)
            panel.hear("trouble")
            assert agreed == []

    def test_a_panel_that_comes_back_is_shown_the_list_again(self, line):
        line.server.offer(offer())
        seen = []
        for _ in range(2):
            with line.panel(**KNOWS) as panel:
                panel.hear("welcome")
                seen.append(panel.hear("ready")["offer"])
            line.until(lambda: not line.server.connected)
        assert seen[0] == seen[1] != ""

    def test_one_that_comes_back_in_mid_place_hears_the_list_and_the_check(self, line, job):
        settled: list[Any] = []
        with line.panel(**KNOWS) as panel:
            panel.hear("welcome")
            panel.hear("ready")
            line.server.place(job)
            line.server.when_settled(settled.append)
            panel.hear("place")
        line.until_told("unsure")
        line.server.offer(offer())
        with line.panel(**KNOWS) as panel:
            panel.hear("welcome")
            assert len(panel.hear("ready")["takes"]) == 2
            panel.hear("check")
            assert settled == [], "nobody knows yet"
            panel.say(type="report", job=job.id, clips=outcomes(job, *["placed"] * 4))
            line.until_told("done")
        assert [one.state for one in settled] == ["done"]

    def test_a_panel_of_before_hears_nothing_that_it_does_not_know(self, line, job):
        line.server.offer(offer())
        with line.panel(protocols=[1]) as panel:
            assert panel.hear("welcome")["protocol"] == 1
            line.server.offer(offer())
            line.server.refuse("Another placing is not finished.")
            line.server.place(job)
            panel.hear("place")


class TestTheEnd:
    """What is told of a placing once it is known."""

    def test_clips_that_failed_are_told_by_their_shot(self, line, job):
        settled: list[Any] = []
        with line.panel() as panel:
            panel.hear("welcome")
            line.server.place(job)
            line.server.when_settled(lambda job: settled.append(job.failures()))
            panel.hear("place")
            clips = outcomes(job, "placed", "failed", "placed", "missing")
            clips[1]["reason"] = "something else lies at its place"
            panel.say(type="report", job=job.id, clips=clips)
            line.until(lambda: settled)
        assert settled == [
            {
                job.clips[1].shot: "something else lies at its place",
                job.clips[3].shot: "not in the sequence",
            }
        ]

    def test_one_that_was_given_up_says_why_of_all(self, line, job):
        with line.panel() as panel:
            panel.hear("welcome")
            line.server.place(job)
            panel.hear("place")
            panel.say(type="report", job=job.id, clips=[], reason="no empty track")
            line.until_told("failed")
        told: list[Any] = []
        line.server.when_settled(lambda job: told.append(job.failures()))
        assert set(told[0]) == {clip.shot for clip in job.clips}, "known already: told at once"

    def test_another_placing_is_not_told_to_who_waited_for_the_first(self, line, job):
        told: list[str] = []
        line.server.place(job)
        line.server.when_settled(lambda job: told.append(job.id))
        line.server.place(job.model_copy(update={"id": "second"}))
        with line.panel() as panel:
            panel.hear("welcome")
            panel.hear("place")
            panel.say(type="report", job="second", clips=outcomes(job, *["placed"] * 4))
            line.until_told("done")
        assert told == []


class TestTheHost:
    @pytest.fixture
    def host(self, line, export) -> CompanionHost:
        sent = Sent(path="x", sequence=SequenceInfo(guid="g-1", name="Long cut"))
        return CompanionHost(sent, ExchangeHost(export), line.server)

    def test_it_is_what_the_panel_window_looks_for(self, host):
        assert isinstance(host, Offers)
        assert isinstance(host, Settles)
        assert isinstance(host, Announces)

    def test_it_says_where_clips_go_as_things_are(self, host, line, export):
        assert (host.track, host.will_write()) == (
            "Pickup",
            export.with_name("Long cut.filled.xml"),
        )
        with line.panel() as panel:
            panel.hear("welcome")
            assert (host.track, host.will_write()) == ("empty track on top", None)

    def test_a_press_asks_for_the_placing_and_a_refusal_comes_back(self, host, line):
        asked: list[Callable[[str], None]] = []
        with line.panel(**KNOWS) as panel:
            panel.hear("welcome")
            panel.hear("ready")
            host.offer(CHANGES, asked.append)
            ready = panel.hear("ready")
            assert (ready["sequence"], ready["name"]) == ("g-1", "Long cut")
            panel.say(type="wanted", offer=ready["offer"])
            line.until(lambda: asked)
            asked[0]("Another cut is open in Pickup now.")
            assert panel.hear("trouble")["reason"] == "Another cut is open in Pickup now."
            host.offer((), asked.append)
            assert panel.hear("ready")["takes"] == []

    def test_a_file_is_whole_at_once_whatever_was_placed_before(self, host, line, job):
        with line.panel() as panel:
            panel.hear("welcome")
            line.server.place(job)
            panel.hear("place")
            panel.say(type="report", job=job.id, clips=[], reason="no empty track")
            line.until_told("failed")
        told: list[Any] = []
        host.settle(Written(host.cut_path), told.append)
        assert told == []
        host.settle(Written(None), told.append)
        assert len(told[0]) == 4

    def test_another_sequence_of_the_file_is_not_placed_into_the_one_that_was_sent(
        self, host, line, export
    ):
        made = fill_fast(export)
        document = host.read()
        nested = fill_fast(export).document.cuts[0]
        nested.name = "Nested"
        document.cuts.append(nested)
        with line.panel() as panel:
            panel.hear("welcome")
            with pytest.raises(RequestError, match=r"has sent “Long cut”.*Open “Nested”"):
                host.write(document, {1: made.placements()[0]})
            host.write(document, {0: made.placements()[0]})
            assert panel.hear("place")["sequence"] == "g-1"
