"""Every family's own pipeline with random weights, small enough for a test: no hub, no download.

The parts are those of the real models, and so are the lattices (32 pixels and 8 frames of LTX-2, 16
pixels and 4 frames of HunyuanVideo); only the widths and the numbers of layers are tiny.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_VOCABULARY = 128
_CHAT = "{% for turn in messages %}{{ turn['role'] }}: {{ turn['content'] }} {% endfor %}"


def _libraries(seed: int = 0) -> tuple[Any, Any]:
    """The libraries `diffusers` and `transformers`; the weights made next are those of a seed."""
    import_module("torch").manual_seed(seed)
    return import_module("diffusers"), import_module("transformers")


def tokenizer() -> Any:
    """A tokenizer of single letters, made here."""
    lib, transformers = import_module("tokenizers"), import_module("transformers")
    letters = {"<pad>": 0, "</s>": 1, "<unk>": 2}
    letters |= {chr(n): n - 29 for n in range(32, 127)}
    made = lib.Tokenizer(lib.models.WordLevel(letters, unk_token="<unk>"))
    made.pre_tokenizer = lib.pre_tokenizers.Split(lib.Regex("."), "isolated")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        chat_template=_CHAT,
    )


def _t5(kind: str, vocabulary: int = _VOCABULARY) -> Any:
    """A text encoder of the T5 kind: `T5` or `UMT5`."""
    _, transformers = import_module("diffusers"), import_module("transformers")
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=vocabulary,
        d_model=32,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=4,
        relative_attention_num_buckets=8,
    )
    return getattr(transformers, f"{kind}EncoderModel")(config).eval()


def _wan_transformer(channels: int) -> Any:
    return import_module("diffusers").WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=channels,
        out_channels=16,
        text_dim=32,
        freq_dim=256,
        ffn_dim=32,
        num_layers=2,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32,
    )


def _wan_vae(**sizes: Any) -> Any:
    vae = import_module("diffusers").AutoencoderKLWan(
        z_dim=16,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        **sizes,
    )
    for name, weight in vae.named_parameters():
        if "time_conv" in name:  # Random ones as they come all but lose a film's later frames.
            weight.data *= 30
    return vae


def _wan_parts(channels: int) -> dict[str, Any]:
    """What all pipelines of Wan have, of a transformer that takes so many channels."""
    lib, _ = _libraries()
    return {
        "tokenizer": tokenizer(),
        "text_encoder": _t5("UMT5"),
        "vae": _wan_vae(base_dim=3),
        "scheduler": lib.UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
        "transformer": _wan_transformer(channels),
    }


def save_wan(folder: Path) -> None:
    """Wan 2.1 for frames: one transformer, which takes noise, a mask and the frames."""
    made = _wan_parts(36)
    import_module("diffusers").WanImageToVideoPipeline(
        **made, image_encoder=None, image_processor=None
    ).save_pretrained(folder)


def save_wan_22(folder: Path, seed: int = 1) -> None:
    """Wan 2.2 A14B for frames: a transformer for the noisy steps, another for the rest."""
    made = _wan_parts(36)
    lib, _ = _libraries(seed)
    lib.WanImageToVideoPipeline(
        **made,
        transformer_2=_wan_transformer(36),
        image_encoder=None,
        image_processor=None,
        boundary_ratio=0.9,
    ).save_pretrained(folder)


def save_wan_text(folder: Path) -> None:
    """Wan for text only, with the two transformers of 2.2."""
    made = _wan_parts(16)
    import_module("diffusers").WanPipeline(
        **made, transformer_2=_wan_transformer(16), boundary_ratio=0.875
    ).save_pretrained(folder)


def save_wan_5b(folder: Path) -> None:
    """Wan 2.2 TI2V 5B: one transformer for text and frames, and a time for each of its tokens."""
    made = _wan_parts(16)
    made["vae"] = _wan_vae(
        base_dim=4,
        decoder_base_dim=4,
        is_residual=True,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_spatial=16,
    )
    import_module("diffusers").WanPipeline(**made, expand_timesteps=True).save_pretrained(folder)


def save_ltx(folder: Path) -> None:
    """LTX-Video."""
    lib, _ = _libraries()
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
        text_encoder=_t5("T5"),
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


def _gemma() -> Any:
    _, transformers = import_module("diffusers"), import_module("transformers")
    config = transformers.Gemma3Config(
        text_config={
            "vocab_size": _VOCABULARY,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "sliding_window": 16,
        },
        vision_config={
            "hidden_size": 8,
            "intermediate_size": 8,
            "num_hidden_layers": 1,
            "num_attention_heads": 1,
            "image_size": 16,
            "patch_size": 8,
        },
        mm_tokens_per_image=4,
    )
    return transformers.Gemma3ForConditionalGeneration(config).eval()


def _ltx_2_sound() -> dict[str, Any]:
    """The parts of LTX-2 that make the sound."""
    lib, vocoders = import_module("diffusers"), import_module("diffusers.pipelines.ltx2.vocoder")
    bins = 8
    return {
        "audio_vae": lib.AutoencoderKLLTX2Audio(
            base_channels=4,
            ch_mult=(1,),
            num_res_blocks=1,
            resolution=32,
            latent_channels=2,
            mel_bins=bins,
        ),
        "vocoder": vocoders.LTX2Vocoder(
            in_channels=2 * bins,
            hidden_channels=32,
            upsample_kernel_sizes=[4, 4],
            upsample_factors=[2, 2],
            resnet_kernel_sizes=[3],
            resnet_dilations=[[1, 3, 5]],
            output_sampling_rate=16000,
        ),
    }


def _ltx_2_connectors() -> Any:
    """What carries the layers of the text encoder to picture and sound."""
    sizes = {
        f"{which}_connector_{name}": value
        for which in ("video", "audio")
        for name, value in {
            "num_attention_heads": 2,
            "attention_head_dim": 8,
            "num_layers": 1,
            "num_learnable_registers": None,
        }.items()
    }
    return import_module("diffusers.pipelines.ltx2").LTX2TextConnectors(
        caption_channels=16, text_proj_in_factor=3, rope_double_precision=False, **sizes
    )


def save_ltx_2(folder: Path) -> None:
    """LTX-2: picture and sound by one transformer.

    Its index names the pipeline for text, as that of the real weights does.
    """
    lib, _ = _libraries()
    pipe = lib.LTX2Pipeline(
        scheduler=lib.FlowMatchEulerDiscreteScheduler(),
        vae=lib.AutoencoderKLLTX2Video(
            latent_channels=4,
            block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 8, 8),
            layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1),
            decoder_spatial_padding_mode="zeros",
            upsample_residual=(False, False, False),
            upsample_factor=(1, 1, 1),
            spatial_compression_ratio=32,
            temporal_compression_ratio=8,
        ),
        text_encoder=_gemma(),
        tokenizer=tokenizer(),
        connectors=_ltx_2_connectors(),
        transformer=lib.LTX2VideoTransformer3DModel(
            in_channels=4,
            out_channels=4,
            num_attention_heads=2,
            attention_head_dim=8,
            cross_attention_dim=16,
            audio_in_channels=4,
            audio_out_channels=4,
            audio_num_attention_heads=2,
            audio_attention_head_dim=8,
            audio_cross_attention_dim=16,
            num_layers=2,
            caption_channels=16,
            rope_double_precision=False,
        ),
        **_ltx_2_sound(),
    )
    pipe.save_pretrained(folder)


def _qwen() -> Any:
    _, transformers = import_module("diffusers"), import_module("transformers")
    config = transformers.Qwen2_5_VLTextConfig(
        vocab_size=_VOCABULARY,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=2,
        rope_parameters={"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e6},
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=1,
    )
    return transformers.Qwen2_5_VLTextModel(config).eval()


def _hunyuan_parts() -> dict[str, Any]:
    lib, transformers = _libraries()
    return {
        "text_encoder": _qwen(),
        "tokenizer": tokenizer(),
        "text_encoder_2": _t5("T5", 384),
        "tokenizer_2": transformers.ByT5Tokenizer(),
        "transformer": lib.HunyuanVideo15Transformer3DModel(
            in_channels=9,
            out_channels=4,
            num_attention_heads=2,
            attention_head_dim=8,
            num_layers=1,
            num_refiner_layers=1,
            mlp_ratio=2.0,
            text_embed_dim=16,
            text_embed_2_dim=32,
            image_embed_dim=8,
            rope_axes_dim=(2, 2, 4),
            target_size=64,
        ),
        "vae": lib.AutoencoderKLHunyuanVideo15(
            latent_channels=4,
            block_out_channels=(16, 16, 16, 16, 16),
            layers_per_block=1,
            downsample_match_channel=False,
            upsample_match_channel=False,
        ).eval(),
        "scheduler": lib.FlowMatchEulerDiscreteScheduler(shift=7.0),
        "guider": import_module("diffusers.guiders").ClassifierFreeGuidance(guidance_scale=6.0),
    }


def save_hunyuan(folder: Path) -> None:
    """HunyuanVideo 1.5 for frames, with guidance; it films 64 × 64 pixels, in the frame's shape."""
    lib, transformers = _libraries()
    vision = transformers.SiglipVisionConfig(
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        image_size=16,
        patch_size=8,
    )
    lib.HunyuanVideo15ImageToVideoPipeline(
        **_hunyuan_parts(),
        image_encoder=transformers.SiglipVisionModel(vision).eval(),
        feature_extractor=transformers.SiglipImageProcessor(size={"height": 16, "width": 16}),
    ).save_pretrained(folder)


def save_hunyuan_text(folder: Path) -> None:
    """HunyuanVideo 1.5 for text only."""
    import_module("diffusers").HunyuanVideo15Pipeline(**_hunyuan_parts()).save_pretrained(folder)
