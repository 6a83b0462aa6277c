"""True pipelines of every family film on random weights, where the library is installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import opentimelineio as otio
import pytest
from tests.contract.test_fill_by_service import scene
from tests.unit.remote import tiny_weights as tiny

from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.diffusers import DiffusersProvider

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INSTALLED = all(importlib.util.find_spec(n) for n in ("torch", "diffusers", "accelerate"))
pytestmark = [
    pytest.mark.skipif(
        not INSTALLED, reason="torch and diffusers are an extra, and are not installed"
    ),
    pytest.mark.filterwarnings("ignore"),
]

SETTINGS = {"PICKUP_DIFFUSERS_STEPS": "2", "PICKUP_DIFFUSERS_LINES": "32"}
SHOT = {"frames": 8, "handles": 0, "width": 64, "height": 32, "negative": "blur"}


@dataclass(frozen=True)
class Kind:
    """Weights, and the film that is expected of them for a shot of 8 frames at 24, 64 × 32.

    Attributes:
        first, last: the frames it joins to.
        words: whether it films from words alone.
    """

    save: Callable[[Path], None]
    frames: int
    rate: int
    size: tuple[int, int] = (64, 32)
    first: bool = True
    last: bool = False
    words: bool = True

    def __str__(self) -> str:
        return self.save.__name__.removeprefix("save_")


KINDS = [
    Kind(tiny.save_wan, 9, 16, last=True, words=False),
    Kind(tiny.save_wan_22, 9, 16, last=True, words=False),
    Kind(tiny.save_wan_text, 9, 16, first=False),
    Kind(tiny.save_wan_5b, 9, 24),
    Kind(tiny.save_ltx, 9, 24, last=True),
    Kind(tiny.save_ltx_2, 9, 24, last=True),
    Kind(tiny.save_hunyuan, 9, 24, size=(80, 48), words=False),  # its own raster for this shape
    Kind(tiny.save_hunyuan_text, 9, 24, first=False),
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Path], None]], str]:
    """The folder of weights, made once."""
    folder = tmp_path_factory.mktemp("weights")

    def made(save: Callable[[Path], None]) -> str:
        if not (folder / save.__name__).exists():
            save(folder / save.__name__)
        return str(folder / save.__name__)

    return made


def filmed(order: Any, out: Path, told: Callable[[float], None] = lambda part: None) -> Any:
    """A take's pictures: an array of (count, height, width, 3), and its rate."""
    provider = DiffusersProvider(SETTINGS)
    job = provider.submit(order)
    film = provider.fetch(job, order, provider.poll(job, order), out, told)
    with av.open(str(film), "r") as container:
        rate = container.streams.video[0].average_rate
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)]), rate


@every_kind
def test_a_tiny_pipeline_makes_a_real_take(kind: Kind, weights, ordered, tmp_path: Path):
    told: list[float] = []
    order = ordered(weights(kind.save), **SHOT)
    pictures, rate = filmed(order, tmp_path / "take.mov", told.append)
    assert pictures.shape == (kind.frames, kind.size[1], kind.size[0], 3)
    assert rate == kind.rate
    assert Fraction(kind.frames, kind.rate) >= Fraction(8, 24)
    assert told == [0.5, 1.0]
    assert pictures.std() > 1  # a picture, not one colour


@pytest.mark.parametrize("kind", [k for k in KINDS if k.words], ids=str)
def test_words_alone_make_a_take(kind: Kind, weights, ordered, tmp_path: Path):
    order = ordered(weights(kind.save), both=False, **SHOT)
    pictures, rate = filmed(order, tmp_path / "take.mp4")
    assert pictures.shape == (kind.frames, kind.size[1], kind.size[0], 3)
    assert rate == kind.rate


@every_kind
def test_a_take_is_called_off_between_two_steps(kind: Kind, weights, ordered, tmp_path: Path):
    order = ordered(weights(kind.save), **SHOT)
    seen: list[float] = []

    def call_off(fraction: float) -> None:
        seen.append(fraction)
        DiffusersProvider(SETTINGS).cancel(DiffusersProvider(SETTINGS)._job_id(order), order)

    with pytest.raises(ProviderRefusal, match="called off"):
        filmed(order, tmp_path / "take.mp4", call_off)
    assert seen == [0.5]
    assert not list(tmp_path.glob("take*"))


@every_kind
def test_a_take_joins_to_the_frames_its_card_promises(
    kind: Kind, weights, ordered, png, tmp_path: Path
):
    """Another frame makes another film; a frame that is not promised makes the very same."""
    order = ordered(weights(kind.save), **SHOT)
    card = DiffusersProvider(SETTINGS).card(order.model)
    assert (card.first_frame, card.last_frame) == (kind.first, kind.last)
    before, _ = filmed(order, tmp_path / "before.mp4")
    for which, promised in (("first", kind.first), ("last", kind.last)):
        was = getattr(order, f"{which}_frame").read_bytes()
        png(f"{which}.png", colour="white")
        after, _ = filmed(order, tmp_path / "after.mp4")
        assert np.array_equal(before, after) != promised
        getattr(order, f"{which}_frame").write_bytes(was)


def test_ltx_2_joins_at_the_very_last_frame(weights, ordered, tmp_path: Path, monkeypatch):
    """Its places are counted in latent frames, of eight frames each."""
    pipeline = import_module("diffusers").LTX2ConditionPipeline
    true, places = pipeline._prepare_keyframe_coords, []

    def seen(self: Any, **options: Any) -> Any:
        places.append(options["pixel_frame_idx"])
        return true(self, **options)

    monkeypatch.setattr(pipeline, "_prepare_keyframe_coords", seen)
    order = ordered(weights(tiny.save_ltx_2), **{**SHOT, "frames": 20})
    pictures, _ = filmed(order, tmp_path / "take.mp4")
    assert len(pictures) == 25
    assert places == [24]


def test_wan_2_2_films_with_both_its_transformers(weights, ordered, tmp_path: Path):
    def other(folder: Path) -> None:
        tiny.save_wan_22(folder, seed=2)

    films = [
        filmed(ordered(weights(save), **SHOT), tmp_path / f"{save.__name__}.mp4")[0]
        for save in (tiny.save_wan_22, other)
    ]
    assert not np.array_equal(*films)


@pytest.mark.parametrize("kind", KINDS[4:6], ids=str)
def test_ltx_films_at_the_cut_s_rate_where_it_can(kind: Kind, weights, ordered, tmp_path: Path):
    for wanted, rate in ((25, 25), (50, 25), (30, 24)):
        order = ordered(weights(kind.save), rate=Fraction(wanted), **SHOT)
        assert filmed(order, tmp_path / "take.mp4")[1] == rate


@pytest.mark.parametrize("save", [tiny.save_wan_22, tiny.save_hunyuan])
def test_weights_for_frames_are_not_asked_without_one(save, weights, ordered):
    with pytest.raises(ProviderRefusal, match="needs a first frame") as caught:
        DiffusersProvider(SETTINGS).submit(ordered(weights(save), both=False, **SHOT))
    assert caught.value.kind is Refusal.UNSUPPORTED


@pytest.mark.parametrize(("save", "open_end"), [(tiny.save_ltx_2, 0), (tiny.save_hunyuan, 1)])
def test_a_whole_cut_is_filled_by_local_weights(save, open_end: int, weights, tmp_path: Path):
    """As it is typed; it says where a take will not join to the frame after the gap."""
    cut, out = scene(tmp_path, hole=12), tmp_path / "filled.otio"
    model = f"diffusers:{weights(save)}"
    ended = subprocess.run(
        [sys.executable, "-m", "pickup", "fill", str(cut), "--model", model, "-o", str(out)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **SETTINGS},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    for noise in ("Loading", "[transformers]", "Guiders"):  # what the libraries say of themselves
        assert noise not in ended.stderr
    said = ended.stdout + ended.stderr
    assert said.count("does not join to the last frame") == open_end, said
    (track,) = otio.adapters.read_from_file(str(out)).video_tracks()
    placed = track[1]
    assert isinstance(placed, otio.schema.Clip)
    assert placed.source_range.duration.to_frames() == 12
