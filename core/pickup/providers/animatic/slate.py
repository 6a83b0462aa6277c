"""A quiet picture for a shot that has no neighbours: only the light that its words name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from pickup.providers.animatic.pictures import Picture, Plane, Raster, to_picture

if TYPE_CHECKING:
    from pickup.providers.animatic.light import Colour, Light

Field = npt.NDArray[np.float32]

_HORIZON = 0.64
_FLOOR = 0.76
_GRAIN = 1.15
"""Standard deviation in code values: enough to keep the gradients from banding, no more."""


def draw_slate(light: Light, raster: Raster, seed: int) -> Picture:
    """A backdrop, a ground and a pool of light, where the seed decides on which side it stands."""
    x, y = _coordinates(raster)
    meeting = _FLOOR if light.inside else _HORIZON
    softness = 0.045 if light.inside else 0.012
    backdrop = _between(light.high, light.low, np.clip(y / meeting, 0, 1) ** 1.35)
    away = np.clip((y - meeting) / (1 - meeting), 0, 1)
    ground = _between(_darker(light.low, 0.62), light.ground, away**0.7)
    cut = 1 / (1 + np.exp(np.clip(-(y - meeting) / softness * 3, -60, 60)))
    picture = backdrop * (1 - cut)[..., None] + ground * cut[..., None]

    side = (1 / 3, 2 / 3)[seed % 2] * raster.aspect + 0.04 * ((seed // 2 % 5) - 2)
    distance = np.hypot((x - side) * 0.82, y - light.height) / light.spread
    pool = light.power * (0.65 * np.exp(-(distance**2)) + 0.35 * np.exp(-distance * 1.7))
    # The ground takes the light up as a wider, dimmer stain under its source.
    stain = np.hypot((x - side) * 0.55, (y - meeting - 0.05) * 2.2) / light.spread
    pool = pool * (1 - 0.72 * cut) + 0.30 * light.power * np.exp(-(stain**2)) * cut
    glow = np.array(light.glow, np.float32)
    picture += (glow - picture * 0.55) * pool[..., None]
    return to_picture(_exposed(picture * _vignette(x, y, raster)[..., None]), raster)


class Grain:
    """Fine grain over the luma, new every other frame, the same for the same seed and frame."""

    def __init__(self, raster: Raster, seed: int) -> None:
        self._size = raster.height, raster.width
        self._seed = seed
        rng = np.random.default_rng(seed)
        noise = rng.normal(0, _GRAIN, (raster.height + 64, raster.width + 64)).astype(np.float32)
        self._noise = np.rint(cv2.GaussianBlur(noise, (0, 0), 0.55) * 1.9).astype(np.int8)

    def over(self, picture: Picture, frame: int) -> Picture:
        rows, columns = self._size
        top, left = np.random.default_rng((self._seed, frame // 2)).integers(0, 65, 2)
        noise = self._noise[top : top + rows, left : left + columns]
        y, u, v = picture.planes
        grained: Plane = cv2.add(y, noise, dtype=cv2.CV_8U)
        return Picture((grained, u, v))


def _coordinates(raster: Raster) -> tuple[Field, Field]:
    """Where each pixel is shown: x from 0 to the aspect, y from 0 to 1."""
    x = ((np.arange(raster.width) + 0.5) / raster.width * raster.aspect).astype(np.float32)
    y = ((np.arange(raster.height) + 0.5) / raster.height).astype(np.float32)
    return x[None, :], np.broadcast_to(y[:, None], (raster.height, raster.width))


def _between(one: Colour, other: Colour, share: Field) -> Field:
    a, b = np.array(one, np.float32), np.array(other, np.float32)
    mixed: Field = a + (b - a) * share[..., None]
    return mixed


def _darker(colour: Colour, by: float) -> Colour:
    red, green, blue = (round(part * by) for part in colour)
    return red, green, blue


def _vignette(x: Field, y: Field, raster: Raster) -> Field:
    far = np.hypot((x / raster.aspect - 0.5) * 1.05, (y - 0.5) * 0.9)
    shade: Field = 1 - 0.42 * np.clip((far - 0.22) / 0.5, 0, 1) ** 1.8
    return shade


def _exposed(picture: Field) -> Plane:
    """Dithered to 8 bits by fixed noise, so that no step of a gradient shows."""
    noise = np.random.default_rng(7).random(picture.shape, np.float32)
    exposed: Plane = np.clip(np.floor(picture + noise), 0, 255).astype(np.uint8)
    return exposed
