"""Small true films for the fakes to hand out."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np


@lru_cache(maxsize=32)
def film_bytes(
    seconds: float = 1, rate: Fraction = Fraction(24), width: int = 64, height: int = 36
) -> bytes:
    """An H.264 MP4 whose brightness climbs, so that its frames can be told apart."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        count = max(1, round(seconds * rate))
        for number in range(count):
            level = 16 + 200 * number // count
            pixels = np.full((height, width, 3), level, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
