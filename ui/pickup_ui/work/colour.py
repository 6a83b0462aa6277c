"""How far a take's colour steps at its joins, as CIEDE2000.

Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (2005). The step is measured between
two pictures blurred to a coarse grid, so that what moves does not count as colour: the median over
the grid's cells. About 1 is just noticeable side by side, 2 to 3 shows in a cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pickup_ui.work.reels import FrameLoader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pickup_ui.work.reels import Reel

_GRID = (16, 9)
_SIZE = (320, 180)


def steps_at_joins(reel: Reel) -> tuple[float | None, float | None]:
    """ΔE2000 where a reel's take begins and where it ends; None where a picture cannot be had."""
    first, end = reel.joins
    loader = FrameLoader()
    try:
        return _between(loader, reel, first - 1), _between(loader, reel, end - 1)
    finally:
        loader.close()


def _between(loader: FrameLoader, reel: Reel, position: int) -> float | None:
    """The step from one position to the next."""
    pictures = []
    for at in (position, position + 1):
        address = reel.frames[at] if 0 <= at < len(reel.frames) else None
        picture = loader.load(address, *_SIZE) if address is not None else None
        if picture is None:
            return None
        pictures.append(picture)
    return step(*pictures)


def step(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The median ΔE2000 between two pictures."""
    import numpy as np

    return float(np.median(delta_e(_lab(one), _lab(other))))


def _lab(rgb: NDArray[np.uint8]) -> NDArray[Any]:
    import cv2
    import numpy as np

    small = cv2.resize(rgb, _GRID, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float64)


def delta_e(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """CIEDE2000 between arrays of L*a*b* in the last axis."""
    import numpy as np

    l1, a1, b1 = np.moveaxis(one, -1, 0)
    l2, a2, b2 = np.moveaxis(other, -1, 0)
    mean_c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(mean_c7 / (mean_c7 + 25.0**7)))
    c1, c2 = np.hypot((1 + g) * a1, b1), np.hypot((1 + g) * a2, b2)
    h1 = np.degrees(np.arctan2(b1, (1 + g) * a1)) % 360
    h2 = np.degrees(np.arctan2(b2, (1 + g) * a2)) % 360
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + 180) % 360 - 180)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    r_c = 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    r_t = -np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2)))) * r_c
    lightness, chroma, hue = (l2 - l1) / s_l, (c2 - c1) / s_c, d_h / s_h
    return np.asarray(np.sqrt(lightness**2 + chroma**2 + hue**2 + r_t * chroma * hue))
