"""Local models: their arithmetic everywhere, and true pipelines where the library is installed."""

from __future__ import annotations

import importlib.util
import inspect
from fractions import Fraction
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import av
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


def test_families_are_told_by_their_pipelines():
    assert family_of("LTX2Pipeline").start == "LTX2"
    assert family_of("LTXConditionPipeline").start == "LTX"
    assert family_of("WanImageToVideoPipeline").start == "Wan"
    assert family_of("HunyuanVideo15Pipeline").rate == 24
    with pytest.raises(ProviderRefusal, match="FluxPipeline"):
        family_of("FluxPipeline")


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


def test_calling_off_is_seen_by_every_process(ordered):
    order = ordered("Lightricks/LTX-2")
    provider = DiffusersProvider({})
    assert provider.poll("job-1", order).state is JobState.DONE
    assert provider.cancel("job-1", order)
    assert DiffusersProvider({}).poll("job-1", order).state is JobState.CANCELLED
    assert provider.find(order, 0) is None


def tokenizer() -> Any:
    """A tokenizer of single letters, made here."""
    lib, transformers = import_module("tokenizers"), import_module("transformers")
    letters = {"<pad>": 0, "</s>": 1, "<unk>": 2}
    letters |= {chr(n): n - 29 for n in range(32, 127)}
    made = lib.Tokenizer(lib.models.WordLevel(letters, unk_token="<unk>"))
    made.pre_tokenizer = lib.pre_tokenizers.Split(lib.Regex("."), "isolated")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def save_wan(folder: Path) -> None:
    """Wan with a few thousand random weights."""
    lib, transformers = import_module("diffusers"), import_module("transformers")
    import_module("torch").manual_seed(0)
    text = transformers.UMT5Config(
        vocab_size=128,
        d_model=32,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=4,
        relative_attention_num_buckets=8,
    )
    pipe = lib.WanImageToVideoPipeline(
        tokenizer=tokenizer(),
        text_encoder=transformers.UMT5EncoderModel(text).eval(),
        vae=lib.AutoencoderKLWan(
            base_dim=3,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
        ),
        scheduler=lib.UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
        transformer=lib.WanTransformer3DModel(
            patch_size=(1, 2, 2),
            num_attention_heads=2,
            attention_head_dim=12,
            in_channels=36,
            out_channels=16,
            text_dim=32,
            freq_dim=256,
            ffn_dim=32,
            num_layers=2,
            cross_attn_norm=True,
            qk_norm="rms_norm_across_heads",
            rope_max_seq_len=32,
        ),
        image_encoder=None,
        image_processor=None,
    )
    pipe.save_pretrained(folder)


def save_ltx(folder: Path) -> None:
    """LTX-Video with a few thousand random weights."""
    lib, transformers = import_module("diffusers"), import_module("transformers")
    import_module("torch").manual_seed(0)
    text = transformers.T5Config(
        vocab_size=128, d_model=32, d_kv=8, d_ff=32, num_layers=2, num_heads=4
    )
    pipe = lib.LTXConditionPipeline(
        scheduler=lib.FlowMatchEulerDiscreteScheduler(),
        vae=lib.AutoencoderKLLTXVideo(
            in_channels=3,
            out_channels=3,
            latent_channels=8,
            block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 8, 8, 8),
            layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1, 1),
            spatio_temporal_scaling=(True, True, False, False),
            decoder_spatio_temporal_scaling=(True, True, False, False),
            decoder_inject_noise=(False, False, False, False, False),
            upsample_residual=(False, False, False, False),
            upsample_factor=(1, 1, 1, 1),
            timestep_conditioning=False,
            patch_size=1,
            patch_size_t=1,
            encoder_causal=True,
            decoder_causal=False,
        ),
        text_encoder=transformers.T5EncoderModel(text).eval(),
        tokenizer=tokenizer(),
        transformer=lib.LTXVideoTransformer3DModel(
            in_channels=8,
            out_channels=8,
            patch_size=1,
            patch_size_t=1,
            num_attention_heads=4,
            attention_head_dim=8,
            cross_attention_dim=32,
            num_layers=1,
            caption_channels=32,
        ),
    )
    pipe.save_pretrained(folder)


@needs_weights
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("save", "rate"), [(save_wan, 16), (save_ltx, 24)])
def test_a_tiny_pipeline_makes_a_real_take(tmp_path: Path, ordered, save, rate):
    save(tmp_path / "weights")
    provider = DiffusersProvider(TINY)
    order = ordered(str(tmp_path / "weights"), frames=8, handles=0, width=32, height=32)
    job = provider.submit(order)
    told: list[float] = []
    out = provider.fetch(job, order, provider.poll(job, order), tmp_path / "t.mov", told.append)
    assert out == tmp_path / "t.mp4"
    assert told == [0.5, 1.0]
    with av.open(str(out), "r") as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == (32, 32)
        assert stream.average_rate == rate
        count = sum(1 for _ in film.decode(video=0))
    assert Fraction(count, rate) >= Fraction(8, 24)


@needs_weights
@pytest.mark.filterwarnings("ignore")
def test_a_take_is_called_off_between_two_steps(tmp_path: Path, ordered):
    save_wan(tmp_path / "weights")
    provider = DiffusersProvider(TINY)
    order = ordered(str(tmp_path / "weights"), frames=8, handles=0, width=32, height=32)
    job = provider.submit(order)
    seen: list[float] = []

    def call_off(fraction: float) -> None:
        seen.append(fraction)
        provider.cancel(job, order)

    with pytest.raises(ProviderRefusal, match="called off"):
        provider.fetch(job, order, provider.poll(job, order), tmp_path / "t.mp4", call_off)
    assert seen == [0.5]
    assert not (tmp_path / "t.mp4").exists()


@needs_weights
@pytest.mark.filterwarnings("ignore")
def test_no_weights_are_said(tmp_path: Path, ordered):
    (tmp_path / "nothing").mkdir()
    provider = DiffusersProvider(TINY)
    order = ordered(str(tmp_path / "nothing"))
    with pytest.raises(ProviderRefusal, match="folder of weights") as caught:
        provider.fetch("j", order, provider.poll("j", order), tmp_path / "t.mp4", lambda f: None)
    assert "\n" not in str(caught.value)


@needs_weights
@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.start)
def test_every_option_is_one_that_the_pipeline_takes(png, family, framed: bool):
    """Of every family's true pipelines, also of those too large to be made tiny here."""
    frame = png("first.png") if framed else None
    asked = Asked(
        prompt="a dog",
        negative="blur",
        width=64,
        height=64,
        frames=9,
        seed=1,
        steps=2,
        first=frame,
        last=frame if family.start in ("LTX2", "LTX", "Wan") else None,
        shape=Fraction(1),
    )
    pipeline = getattr(import_module("diffusers"), family.pipeline(asked))
    known = set(inspect.signature(pipeline.__call__).parameters)

    class Pipe:
        transformer = SimpleNamespace(
            register_forward_pre_hook=lambda hook: SimpleNamespace(remove=lambda: None)
        )

        def __call__(self, **options: Any) -> Any:
            assert set(options) <= known, set(options) - known
            return SimpleNamespace(frames=["film"])

    Pipe.__call__.__signature__ = inspect.signature(pipeline.__call__)  # type: ignore[attr-defined]
    assert family.run(Pipe(), asked, lambda part: None) == "film"
