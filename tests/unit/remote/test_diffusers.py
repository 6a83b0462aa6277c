"""Local models: their arithmetic everywhere, and true pipelines where the library is installed."""

from __future__ import annotations

import importlib.util
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from pickup.providers.base import JobState, ProviderRefusal, Refusal
from pickup.providers.diffusers import DiffusersProvider
from pickup.providers.diffusers_families import FAMILIES, Asked, family_of

if TYPE_CHECKING:
    from pathlib import Path

TINY = {"PICKUP_DIFFUSERS_STEPS": "2", "PICKUP_DIFFUSERS_LINES": "32"}
INSTALLED = all(importlib.util.find_spec(n) for n in ("torch", "diffusers", "accelerate"))
needs_weights = pytest.mark.skipif(
    not INSTALLED, reason="torch and diffusers are an extra, and are not installed"
)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("LTX2Pipeline", "LTX2"),
        ("LTXConditionPipeline", "LTX"),
        ("WanImageToVideoPipeline", "WanImageToVideoPipeline"),
        ("WanPipeline", "WanPipeline"),
        ("HunyuanVideo15ImageToVideoPipeline", "HunyuanVideo15ImageToVideoPipeline"),
        ("HunyuanVideo15Pipeline", "HunyuanVideo15Pipeline"),
    ],
)
def test_families_are_told_by_their_pipelines(name: str, start: str):
    assert family_of({"_class_name": name}).start == start


def test_wan_5b_is_told_by_its_setting():
    family = family_of({"_class_name": "WanPipeline", "expand_timesteps": True})
    assert (family.rates, family.multiple, family.last) == ((24,), 32, False)
    assert family.with_frames == "WanImageToVideoPipeline"


@pytest.mark.parametrize("name", ["FluxPipeline", "WanVACEPipeline", ""])
def test_other_weights_are_refused(name: str):
    with pytest.raises(ProviderRefusal, match=name or "no pipeline") as caught:
        family_of({"_class_name": name})
    assert caught.value.kind is Refusal.UNSUPPORTED


@pytest.mark.parametrize(
    ("name", "first", "needs_first", "last"),
    [
        ("LTX2Pipeline", True, False, True),
        ("WanImageToVideoPipeline", True, True, True),
        ("WanPipeline", False, False, False),
        ("HunyuanVideo15ImageToVideoPipeline", True, True, False),
        ("HunyuanVideo15Pipeline", False, False, False),
    ],
)
def test_a_folder_s_card_says_what_its_weights_can(
    tmp_path: Path, name: str, first: bool, needs_first: bool, last: bool
):
    """Read without the libraries, so that the plan knows before anything is made."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": name}))
    card = DiffusersProvider({}).card(str(tmp_path))
    assert (card.first_frame, card.needs_first, card.last_frame) == (first, needs_first, last)
    assert card.name == f"diffusers:{tmp_path}"


@pytest.mark.parametrize("text", ["", "[]", '{"_class_name": "FluxPipeline"}'])
def test_a_folder_that_says_nothing_has_the_usual_card(tmp_path: Path, text: str):
    usual = DiffusersProvider({}).card(str(tmp_path))
    (tmp_path / "model_index.json").write_text(text)
    assert DiffusersProvider({}).card(str(tmp_path)) == usual


@pytest.mark.parametrize(("wanted", "rate"), [(24, 24), (25, 25), (50, 25), (48, 24), (30, 24)])
def test_a_family_of_two_rates_films_at_the_cut_s(wanted: int, rate: int):
    assert family_of({"_class_name": "LTX2Pipeline"}).rate(Fraction(wanted)) == rate


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.start)
def test_lengths_and_rasters_lie_on_the_lattice(family):
    for least in range(1, 200):
        frames = family.frames(least)
        assert frames >= least
        assert frames % family.step == 1
        assert frames - least <= family.step or least == 1
    assert family.raster(1) == family.multiple
    assert family.raster(1080) % family.multiple == 0


@pytest.mark.skipif(INSTALLED, reason="the libraries are here")
def test_without_the_libraries_it_says_what_to_install(ordered):
    with pytest.raises(ProviderRefusal, match="pip install") as caught:
        DiffusersProvider({}).submit(ordered("Lightricks/LTX-2"))
    assert caught.value.kind is Refusal.UNSUPPORTED


@pytest.fixture
def asked() -> Asked:
    return Asked(
        prompt="a dog",
        negative="blur",
        width=64,
        height=64,
        rate=24,
        frames=9,
        seed=1,
        steps=2,
        first=None,
        last=None,
        shape=Fraction(1),
    )


def test_calling_off_is_seen_by_every_process(ordered):
    order = ordered("Lightricks/LTX-2")
    provider = DiffusersProvider({})
    assert provider.poll("job-1", order).state is JobState.DONE
    assert provider.cancel("job-1", order)
    assert DiffusersProvider({}).poll("job-1", order).state is JobState.CANCELLED
    assert provider.find(order, 0) is None


@needs_weights
@pytest.mark.filterwarnings("ignore")
def test_no_weights_are_said(tmp_path: Path, ordered):
    (tmp_path / "nothing").mkdir()
    provider = DiffusersProvider(TINY)
    order = ordered(str(tmp_path / "nothing"))
    with pytest.raises(ProviderRefusal, match="folder of weights") as caught:
        provider.fetch("j", order, provider.poll("j", order), tmp_path / "t.mp4", lambda f: None)
    assert "\n" not in str(caught.value)


def test_weights_for_frames_are_not_run_without_one(asked):
    for family in FAMILIES:
        if family.without:
            assert family.pipeline(asked) == family.without
            continue
        with pytest.raises(ProviderRefusal, match="first frame") as caught:
            family.pipeline(asked)
        assert caught.value.kind is Refusal.UNSUPPORTED
