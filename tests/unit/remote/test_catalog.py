from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.errors import RequestError
from pickup.home import home
from pickup.providers import catalog
from pickup.providers.card import CardRule, ModelCard
from pickup.shots.request import FrameRef, GapRef, ShotRequest

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)
BOTH: dict[str, Any] = {"first_frame": FrameRef(file="a.png"), "last_frame": FrameRef(file="b.png")}


def shot(frames: int = 48, **changes) -> ShotRequest:
    facts = {
        "id": "S010",
        "gap": GapRef(id="g", start=0, duration=frames),
        "text": "words",
        "frames": frames,
        "rate": Fraction(24),
        "width": 1920,
        "height": 1080,
        **changes,
    }
    return ShotRequest.model_validate(facts)


def own(text: str) -> Path:
    path = home() / "catalog.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


class TestData:
    def test_every_fact_has_a_dated_source(self):
        for card in catalog.load():
            assert card.sources, card.name
            assert all(re.search(r"\b2026-\d\d-\d\d\b", source) for source in card.sources), (
                card.name
            )

    def test_names_are_unique(self):
        names = [card.name for card in catalog.load()]
        assert len(names) == len(set(names))

    def test_successors_exist_and_live(self):
        for card in catalog.load():
            if card.retired_on(TODAY):
                provider, _, model = card.successor.partition(":")
                assert not catalog.card(provider, model).retired_on(TODAY), card.name

    def test_sizes_ratios_and_resolutions_can_be_read(self):
        for card in catalog.load():
            assert all(catalog.lines_of(name) > 0 for name in card.resolutions), card.name
            assert catalog.fit(card, shot()).width > 0

    def test_every_remote_provider_has_cards(self):
        known = {card.provider for card in catalog.load()}
        remote = {"openai-videos", "gemini", "veo", "openrouter", "fal", "comfyui", "diffusers"}
        assert known >= remote

    def test_sora_ended_when_openai_says(self):
        card = catalog.card("openai-videos", "sora-2")
        assert not card.retired_on(date(2026, 9, 23)) or card.status == "retired"
        assert card.shutdown == date(2026, 9, 24)


class TestCards:
    def test_unknown_model_of_an_open_provider_gets_its_general_card(self):
        card = catalog.card("openai-videos", "wan-2.2")
        assert card.name == "openai-videos:wan-2.2"
        assert card.durations == (4, 8, 12, 16, 20)

    def test_unknown_model_of_a_closed_provider_names_the_known_ones(self):
        with pytest.raises(RequestError, match=r"gemini:gemini-omni-1\.2-flash"):
            catalog.card("gemini", "gemini-omni-9")

    def test_the_general_card_is_not_listed(self):
        assert all(card.id != "*" for card in catalog.cards())
        assert [card.id for card in catalog.cards("comfyui")] == ["workflow"]


class TestOwnFile:
    def test_overrides_a_price_and_keeps_the_rest(self):
        own('[[model]]\nprovider = "gemini"\nid = "gemini-omni-1.2-flash"\nprices = {"" = "9"}\n')
        card = catalog.card("gemini", "gemini-omni-1.2-flash")
        assert card.prices == {"": Decimal(9)}
        assert card.max_seconds == 15

    def test_adds_a_model(self):
        own('[[model]]\nprovider = "openai-videos"\nid = "ours"\nsizes = ["1920x1080"]\n')
        assert catalog.card("openai-videos", "ours").sizes == ("1920x1080",)
        assert "ours" in [card.id for card in catalog.cards("openai-videos")]

    def test_an_edit_is_seen(self):
        path = own('[[model]]\nprovider = "fal"\nid = "a"\n')
        assert catalog.card("fal", "a").title == ""
        import os

        path.write_text('[[model]]\nprovider = "fal"\nid = "a"\ntitle = "A"\n', "utf-8")
        os.utime(path, ns=(1, 1))
        assert catalog.card("fal", "a").title == "A"

    @pytest.mark.parametrize(
        "text",
        [
            "not toml at all [",
            'model = "x"',
            '[[model]]\nprovider = "fal"\nid = "a"\nunheard_of = 1\n',
            '[[model]]\nid = "a"\n',
            '[[model]]\nprovider = "fal"\nid = "a"\nshutdown = "soon"\n',
        ],
    )
    def test_a_broken_file_is_named_in_one_sentence(self, text):
        path = own(text)
        with pytest.raises(RequestError) as caught:
            catalog.load()
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


class TestFit:
    def test_handles_are_not_bought(self):
        card = catalog.card("openai-videos", "sora-2")
        assert catalog.fit(card, shot(48, handles=8)).seconds == 4
        assert catalog.fit(card, shot(96, handles=8)).seconds == 4
        assert catalog.fit(card, shot(97, handles=0)).seconds == 8

    def test_where_filming_is_free_an_open_end_gets_its_handle(self):
        assert catalog.free_seconds(shot(48, handles=8)) == Fraction(56, 24)
        assert catalog.free_seconds(shot(48, handles=8, **BOTH)) == 2

    def test_the_gap_must_be_filled(self):
        card = catalog.card("openai-videos", "sora-2")
        assert catalog.fit(card, shot(288, handles=8)).seconds == 12
        assert catalog.fit(card, shot(289, handles=8)).seconds == 0

    def test_exact_rates_do_not_round_down(self):
        """240 frames of 23.976 are 10.01 s, which ten seconds do not fill."""
        card = catalog.card("gemini", "gemini-omni-1.1-flash")
        assert catalog.fit(card, shot(240, rate="24000/1001", handles=0)).seconds == 0
        assert catalog.fit(card, shot(239, rate="24000/1001", handles=0)).seconds == 10

    def test_a_short_gap_is_ordered_at_the_shortest_length(self):
        card = catalog.card("gemini", "gemini-omni-1.2-flash")
        assert catalog.fit(card, shot(12, handles=0)).seconds == 3

    def test_rules_narrow(self):
        veo = catalog.card("veo", "veo-3.1-generate-001")
        assert catalog.fit(veo, shot(48)).seconds == 8
        assert catalog.fit(veo, shot(48, width=1280, height=720)).seconds == 4
        omni = catalog.card("gemini", "gemini-omni-1.2-flash")
        assert catalog.fit(omni, shot(12 * 24)).seconds == 12
        assert catalog.fit(omni, shot(12 * 24, **BOTH)).seconds == 0

    @pytest.mark.parametrize(
        ("raster", "resolution", "ratio"),
        [
            ((1920, 1080), "1080p", "16:9"),
            ((1080, 1920), "1080p", "9:16"),
            ((3840, 2160), "4k", "16:9"),
            ((8192, 4320), "4k", "16:9"),
            ((640, 360), "360p", "16:9"),
            ((2048, 858), "1080p", "16:9"),
        ],
    )
    def test_raster(self, raster, resolution, ratio):
        card = catalog.card("gemini", "gemini-omni-1.2-flash")
        asked = catalog.fit(card, shot(width=raster[0], height=raster[1]))
        assert (asked.resolution, asked.ratio) == (resolution, ratio)

    def test_the_nearest_shape_wins_over_the_larger_raster(self):
        card = catalog.card("openai-videos", "sora-2-pro")
        assert catalog.fit(card, shot()).size == "1280x720"
        assert catalog.fit(card, shot(width=1080, height=1920)).size == "720x1280"

    def test_anamorphic_pixels_are_seen_stretched(self):
        card = catalog.card("fal", "bytedance/seedance-2.0/image-to-video")
        wide = shot(width=1828, height=1556, pixel_aspect=Fraction(2))
        assert catalog.fit(card, wide).ratio == "21:9"

    @pytest.mark.parametrize(
        ("text", "lines"), [("720p", 720), ("4k", 2160), ("2K", 1440), ("768P", 768), ("", 0)]
    )
    def test_lines(self, text, lines):
        assert catalog.lines_of(text) == lines

    @given(
        frames=st.integers(1, 5000),
        handles=st.integers(0, 48),
        rate=st.sampled_from(["24000/1001", "24", "25", "30000/1001", "50", "60000/1001", "120"]),
        which=st.sampled_from([card.name for card in catalog.load()]),
    )
    def test_a_length_is_never_too_short_and_always_one_that_is_made(
        self, frames, handles, rate, which
    ):
        card = next(card for card in catalog.load() if card.name == which)
        request = shot(frames, rate=rate, handles=handles)
        seconds = catalog.fit(card, request).seconds
        if not seconds:
            assert card.durations or card.max_seconds
            return
        assert seconds * request.rate >= frames
        assert not card.durations or seconds in card.durations
        assert not card.max_seconds or card.min_seconds <= seconds <= card.max_seconds


class TestEstimate:
    def test_by_resolution(self):
        card = catalog.card("gemini", "gemini-omni-1.2-flash")
        assert catalog.estimate(card, 6, "1080p") == Decimal("0.63")
        assert catalog.estimate(card, 6, "unheard of") == Decimal("1.26")

    def test_sound_may_cost_more(self):
        card = catalog.card("fal", "fal-ai/veo3.1/fast/first-last-frame-to-video")
        assert catalog.estimate(card, 4, "720p") == Decimal("0.4")
        assert catalog.estimate(card, 4, "720p", audio=True) == Decimal("0.6")

    def test_an_unknown_price_is_not_nothing(self):
        assert catalog.estimate(catalog.card("openrouter", "x/y"), 4) is None
        assert catalog.estimate_shot(catalog.card("openrouter", "x/y"), shot()) is None

    def test_local_models_are_free(self):
        assert catalog.estimate(catalog.card("comfyui", "workflow"), 100) == 0

    def test_a_shot_is_all_its_takes_at_the_length_that_is_ordered(self):
        card = catalog.card("openai-videos", "sora-2-pro")
        assert catalog.estimate_shot(card, shot(48, takes=3)) == Decimal("3.6")

    def test_rules_are_in_the_price(self):
        veo = catalog.card("veo", "veo-3.1-fast-generate-001")
        assert catalog.estimate_shot(veo, shot(48)) == Decimal("0.96")


class TestCheck:
    def test_a_good_combination_has_no_problem(self):
        assert catalog.check(catalog.card("gemini", "gemini-omni-1.2-flash"), shot(), TODAY) == []

    def test_retired(self):
        (problem,) = catalog.check(catalog.card("openai-videos", "sora-2"), shot(), TODAY)
        assert "2026-09-24" in problem
        assert "gemini:gemini-omni-1.2-flash" in problem
        assert problem.startswith("S010: ")

    def test_too_long_names_what_would_work(self):
        (problem,) = catalog.check(
            catalog.card("gemini", "gemini-omni-1.1-flash"), shot(13 * 24, **BOTH), TODAY
        )
        assert "10 seconds at most" in problem
        assert "13.0" in problem
        assert " would do, once it is set up." in problem

    def test_what_is_set_up_is_proposed_first(self, monkeypatch: pytest.MonkeyPatch):
        """A model that the user has no key for is no way out where another is."""
        monkeypatch.setenv("FAL_KEY", "k")
        short, long = catalog.card("gemini", "gemini-omni-1.1-flash"), shot(13 * 24, **BOTH)
        (problem,) = catalog.check(short, long, TODAY)
        proposed = problem.rpartition("; ")[2].removesuffix(" would do.")
        assert proposed != problem.rpartition("; ")[2]
        assert all(name.startswith("fal:") for name in proposed.split(" or "))
        monkeypatch.delenv("FAL_KEY")
        (problem,) = catalog.check(short, long, TODAY)
        assert problem.endswith("once it is set up.")

    def test_a_prompt_too_long_says_by_how_much(self):
        card = ModelCard(provider="p", id="m", max_prompt=10)
        (problem,) = catalog.check(card, shot(text="x" * 25), TODAY, others=())
        assert "25: shorten it by 15 in the plan or the look" in problem
        assert catalog.check(card, shot(text="x" * 10), TODAY, others=()) == []

    def test_what_would_work_works(self):
        request = shot(13 * 24, **BOTH)
        (problem,) = catalog.check(catalog.card("veo", "veo-3.1-generate-001"), request, TODAY)
        name = problem.split("; ")[1].split(" ")[0]
        provider, _, model = name.partition(":")
        assert catalog.check(catalog.card(provider, model), request, TODAY) == []

    def test_nothing_would_work(self):
        (problem,) = catalog.check(
            catalog.card("gemini", "gemini-omni-1.1-flash"), shot(24 * 600), TODAY, others=()
        )
        assert "split the gap" in problem

    def test_a_rule_says_why(self):
        card = catalog.card("gemini", "gemini-omni-1.2-flash")
        (problem,) = catalog.check(card, shot(12 * 24, **BOTH), TODAY)
        assert "a transition between two frames" in problem

    def test_first_frame_prompt_and_sound(self):
        card = ModelCard(provider="p", id="m", needs_first=True, max_prompt=3, max_seconds=60)
        problems = catalog.check(card, shot(text="four", audio=True), TODAY)
        assert len(problems) == 3
        for words in ("first frame", "3 characters", "no sound"):
            assert any(words in problem for problem in problems)

    def test_notes_tell_what_is_left_out(self):
        request = shot(**BOTH, negative="blur")
        told = catalog.notes(ModelCard(provider="p", id="x", first_frame=True), request, TODAY)
        assert len(told) == 2
        assert "last frame" in told[0]
        assert "negative" in told[1]
        ending = ModelCard(provider="p", id="m", shutdown=date(2026, 11, 30))
        assert "2026-11-30" in catalog.notes(ending, shot(), TODAY)[0]
        only_last = shot(last_frame=BOTH["last_frame"])
        told = catalog.notes(catalog.card("gemini", "gemini-omni-1.2-flash"), only_last, TODAY)
        assert "only with a first one" in told[0]

    def test_a_rule_for_references_does_not_hold_for_frames(self):
        rule = CardRule(references=True, durations=(8,))
        card = ModelCard(provider="p", id="m", durations=(4, 8), rules=(rule,))
        assert catalog.fit(card, shot(48)).seconds == 4


class TestDefault:
    def test_is_the_cheapest_that_binds_both_frames(self):
        card = catalog.choose_default(shot(**BOTH), ["gemini", "openai-videos"], today=TODAY)
        assert card.name == "gemini:gemini-omni-1.2-flash"

    def test_follows_the_need_and_not_a_name(self):
        cheap = ModelCard(
            provider="a", id="x", max_seconds=9, first_frame=True, prices={"": Decimal(1)}
        )
        binds = ModelCard(
            provider="b",
            id="y",
            max_seconds=9,
            first_frame=True,
            last_frame=True,
            prices={"": Decimal(2)},
        )
        long = ModelCard(provider="c", id="z", max_seconds=60, prices={"": Decimal(3)})
        offered = (cheap, binds, long)

        def chosen(request: ShotRequest) -> str:
            return catalog.choose_default(request, "abc", today=TODAY, cards=offered).id

        assert chosen(shot()) == "x"
        assert chosen(shot(**BOTH)) == "y"
        assert chosen(shot(24 * 30)) == "z"

    def test_a_model_about_to_go_is_avoided(self):
        going = ModelCard(
            provider="a", id="x", shutdown=date(2026, 11, 25), prices={"": Decimal(1)}
        )
        staying = ModelCard(provider="a", id="y", prices={"": Decimal(2)})
        chosen = catalog.choose_default(shot(), "a", today=TODAY, cards=(going, staying))
        assert chosen.id == "y"

    def test_the_drawing_is_the_last_resort(self):
        drawing = ModelCard(provider="animatic", id="animatic-1", local=True)
        model = ModelCard(provider="a", id="y", prices={"": Decimal(2)})
        both = (drawing, model)
        chosen = catalog.choose_default(shot(), ["a", "animatic"], today=TODAY, cards=both)
        assert chosen.id == "y"
        alone = catalog.choose_default(shot(), ["animatic"], today=TODAY, cards=both)
        assert alone.id == "animatic-1"

    def test_retired_models_are_never_chosen(self):
        with pytest.raises(RequestError, match="gemini"):
            catalog.choose_default(
                shot(),
                ["openai-videos"],
                today=TODAY,
                cards=[*catalog.cards("openai-videos"), *catalog.cards("gemini")],
            )
