"""Colours come through a conform as they were, whatever the take was and is delivered as."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from pickup.media.conform import ConformSpec, conform
from pickup.media.frames import FrameReader
from pickup.media.images import png, read_image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (1280, 720)
PATCHES = [(g, g, g) for g in (0, 16, 40, 90, 128, 200, 255)] + [
    (200, 40, 60),
    (30, 160, 70),
    (40, 60, 210),
    (230, 200, 40),
    (180, 140, 120),
]
"""A ramp of greys, the colours of a test chart, and a skin."""

WIDTH = SIZE[0] // len(PATCHES)


def chart() -> NDArray[np.uint8]:
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for index, colour in enumerate(PATCHES):
        picture[:, index * WIDTH : (index + 1) * WIDTH] = colour
    return picture


def patches_of(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    middle = rgb.shape[0] // 2
    at = [index * WIDTH + WIDTH // 2 for index in range(len(PATCHES))]
    return np.array([rgb[middle - 8 : middle + 8, x - 8 : x + 8].mean((0, 1)) for x in at])


def still(folder: Path) -> Path:
    path = folder / "still.png"
    path.write_bytes(png(chart()))
    return path


def movie(folder: Path, codec: str, pixel_format: str, matrix: int, full: bool) -> Path:
    """Two frames of the chart; `matrix` is H.273's number."""
    path = folder / f"{codec}_{pixel_format}_{matrix}_{full}.mov"
    spaces = {1: "ITU709", 6: "ITU601"}
    with av.open(str(path), "w") as output:
        options = {"crf": "1"} if codec == "libx264" else {}
        stream: Any = output.add_stream(codec, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixel_format
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, 2 if full else 1
        for _ in range(2):
            frame = av.VideoFrame.from_ndarray(chart(), format="rgb24").reformat(
                format=pixel_format,
                dst_colorspace=spaces[matrix],
                dst_color_range="JPEG" if full else "MPEG",
            )
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


SOURCES: dict[str, Any] = {
    "still": still,
    "709": lambda folder: movie(folder, "libx264", "yuv420p", 1, full=False),
    "709 full range": lambda folder: movie(folder, "libx264", "yuv420p", 1, full=True),
    "601": lambda folder: movie(folder, "libx264", "yuv420p", 6, full=False),
    "10 bit": lambda folder: movie(folder, "prores_ks", "yuv422p10le", 1, full=False),
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sources")
    return {name: make(folder) for name, make in SOURCES.items()}


@pytest.mark.parametrize("source", SOURCES)
def test_a_frame_is_read_as_an_editor_sees_it(sources: dict[str, Path], source: str):
    with FrameReader(sources[source]) as reader:
        found = patches_of(reader.read(0))
    assert np.abs(found - PATCHES).max() < 3.5, source


@pytest.mark.parametrize("deliver", ["h264", "prores422hq", "dpx", "exr"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_take_keeps_its_colours(
    sources: dict[str, Path], tmp_path: Path, source: str, deliver: Any
):
    spec = ConformSpec(2, Fraction(24), *SIZE, head=0, tail=0, deliver=deliver, start=86400)
    made = conform(sources[source], spec, tmp_path / "take", lambda _: None)
    if made.sequence_files:
        found = patches_of(read_image(made.path))
    else:
        with FrameReader(made.path) as reader:
            found = patches_of(reader.read(1))
    assert np.abs(found - PATCHES).max() < 4.5, (source, deliver)


def test_an_exr_that_was_read_and_written_again_has_the_same_light(tmp_path: Path):
    """As when a neighbour's EXR is shown to a model, and its take goes back to EXR."""
    spec = ConformSpec(1, Fraction(24), *SIZE, head=0, tail=0, deliver="exr", start=0)
    first = conform(still(tmp_path), spec, tmp_path / "first", lambda _: None)
    seen = tmp_path / "seen.png"
    seen.write_bytes(png(read_image(first.path)))
    second = conform(seen, spec, tmp_path / "second", lambda _: None)
    one, other = (patches_of(read_image(made.path)) for made in (first, second))
    assert np.abs(one - other).max() <= 1
