"""The movie file of a take: an intermediate that the conform step reads once.

H.264 at a quantiser that nobody sees, 4:2:0, 8 bit, BT.709 limited range. Measured at 1080p on
one core, encoding alone: 46 frames a second at 0.35 MB each and 53 dB or more in luma, where FFV1
made 17 at 0.9 MB and Ut Video (4:4:4) 48 at 2 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from pickup.files import written_aside
from pickup.providers.animatic.pictures import Picture, Raster
from pickup.providers.base import ProviderRefusal, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from pathlib import Path

    from av.container import OutputContainer

    from pickup.providers.base import Order

_OPTIONS = {"preset": "ultrafast", "crf": "6", "x264-params": "aq-mode=0:keyint=24"}
_THREADS = 2
"""Fixed: the encoder's output depends on it, and a take is to be the same on every machine."""


def write_movie(
    order: Order, frames: Iterator[Picture], out: Path, progress: Callable[[float], None]
) -> Path:
    """Encode the take's frames to `out`, renamed to `.mov`; the file appears when it is whole.

    Raises:
        PickupError: the folder cannot be written, or the disk is full.
        ProviderRefusal: the raster or the rate cannot be encoded.
    """
    request = order.request
    raster = Raster(request.width, request.height, request.pixel_aspect)
    total = request.frames + 2 * request.handles
    path = out.with_suffix(".mov")
    with written_aside(path) as aside:
        try:
            with av.open(str(aside), "w", format="mov") as movie:
                _encode(movie, raster, request.rate, frames, lambda n: progress(n / total))
        except av.FFmpegError as error:
            if isinstance(error, OSError) and error.filename:
                raise
            raise ProviderRefusal(
                Refusal.FAILED,
                f"{request.id}: {raster.width}×{raster.height} at {request.rate} cannot be "
                f"encoded ({error.strerror}). Choose another raster.",
            ) from error
    return path


def _encode(
    movie: OutputContainer,
    raster: Raster,
    rate: Fraction,
    frames: Iterator[Picture],
    done: Callable[[int], None],
) -> None:
    stream = movie.add_stream("libx264", rate=rate, options=_OPTIONS)
    context = stream.codec_context
    context.width, context.height = raster.width, raster.height
    context.pix_fmt = raster.pixel_format
    context.sample_aspect_ratio = raster.pixel_aspect
    context.time_base = 1 / rate
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    context.thread_count = _THREADS
    done(0)
    for count, picture in enumerate(frames):
        movie.mux(stream.encode(_frame(picture, raster, rate, count)))
        done(count + 1)
    movie.mux(stream.encode(None))


def _frame(picture: Picture, raster: Raster, rate: Fraction, count: int) -> av.VideoFrame:
    frame = av.VideoFrame(raster.width, raster.height, raster.pixel_format)
    for plane, samples in zip(frame.planes, picture.planes, strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: samples.shape[0], : samples.shape[1]] = samples
    frame.pts = count
    frame.time_base = 1 / rate
    frame.colorspace = Colorspace.ITU709
    frame.color_range = ColorRange.MPEG
    return frame
