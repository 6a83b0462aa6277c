"""Three drawn shots of a kitchen at dusk: the footage of the example scene.

Each shot is a function from an instant (0 to 1) to an RGB frame, so that the example needs no media
but what it draws itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Frame = NDArray[np.float32]

WIDTH, HEIGHT = 1280, 720

WALL = (58, 46, 44)
SHADOW = (24, 19, 20)
WOOD = (92, 60, 40)
DUSK_HIGH, DUSK_LOW = (64, 74, 118), (232, 148, 92)
COPPER = (176, 98, 58)
LAMP = (255, 196, 120)


def _canvas(color: tuple[int, int, int]) -> Frame:
    return np.full((HEIGHT, WIDTH, 3), color, np.float32)


def _gradient(
    frame: Frame, box: tuple[int, int, int, int], top: tuple[int, ...], bottom: tuple[int, ...]
) -> None:
    x, y, w, h = box
    ramp = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    frame[y : y + h, x : x + w] = np.float32(top) * (1 - ramp) + np.float32(bottom) * ramp


def _shape(frame: Frame, points: list[tuple[float, float]], color: tuple[int, ...]) -> None:
    scaled = np.round(np.array(points, np.float64) * 16).astype(np.int32)
    cv2.fillPoly(frame, [scaled], color, cv2.LINE_AA, 4)


def _ellipse(
    frame: Frame, centre: tuple[float, float], axes: tuple[float, float], color: tuple[int, ...]
) -> None:
    at = (round(centre[0] * 16), round(centre[1] * 16))
    size = (round(axes[0] * 16), round(axes[1] * 16))
    cv2.ellipse(frame, at, size, 0, 0, 360, color, -1, cv2.LINE_AA, 4)


def _glow(
    frame: Frame, centre: tuple[float, float], radius: float, color: tuple[int, ...], power: float
) -> Frame:
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    distance = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2
    light = np.exp(-distance).astype(np.float32)[..., None] * power
    return frame + light * np.float32(color)


def _steam(frame: Frame, x: float, y: float, t: float, strength: float) -> Frame:
    """Curls that rise and drift, soft enough to be steam."""
    veil = np.zeros((HEIGHT, WIDTH), np.float32)
    for curl in range(7):
        phase = (t * 0.7 + curl / 7) % 1
        sway = np.sin(phase * 5 + curl * 2.1) * 34
        centre = (round(x + (curl - 3) * 20 + sway), round(y - phase * 280))
        puff = (round(22 + 46 * phase), round(34 + 60 * phase))
        cv2.ellipse(veil, centre, puff, 0, 0, 360, float((1 - phase) * phase * 4), -1, cv2.LINE_AA)
    veil = cv2.GaussianBlur(veil, (0, 0), 26)[..., None] * strength
    return frame * (1 - veil) + np.float32((236, 224, 214)) * veil


def _finish(frame: Frame, t: float, zoom: float, seed: int) -> NDArray[np.uint8]:
    """A slow push, a vignette, and a little grain."""
    scale = 1 + zoom * t
    matrix = np.float32([[scale, 0, (1 - scale) * WIDTH / 2], [0, scale, (1 - scale) * HEIGHT / 2]])
    moved = cv2.warpAffine(frame, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    y, x = np.ogrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    moved *= (1 - 0.34 * np.clip(x**2 * 0.8 + y**2 * 0.7, 0, 1)).astype(np.float32)[..., None]
    grain = np.random.default_rng(seed + round(t * 10_000)).normal(0, 2.2, (HEIGHT, WIDTH, 1))
    return np.clip(moved + grain, 0, 255).astype(np.uint8)


def _window(frame: Frame, x: int, y: int, w: int, h: int) -> None:
    _gradient(frame, (x, y, w, h), DUSK_HIGH, DUSK_LOW)
    hills = [(x + w * f, y + h * (0.80 - 0.10 * np.sin(f * 7))) for f in np.linspace(0, 1, 40)]
    _shape(frame, [*hills, (x + w, y + h), (x, y + h)], (70, 48, 60))
    for bar in (x + w // 2,):
        cv2.line(frame, (bar, y), (bar, y + h), SHADOW, 10, cv2.LINE_AA)
    cv2.line(frame, (x, y + h // 2), (x + w, y + h // 2), SHADOW, 8, cv2.LINE_AA)
    cv2.rectangle(frame, (x, y), (x + w, y + h), SHADOW, 14, cv2.LINE_AA)


def _pot(frame: Frame, x: float, y: float, size: float) -> None:
    body = [(x - size, y), (x - size * 0.92, y + size), (x + size * 0.92, y + size), (x + size, y)]
    _shape(frame, body, COPPER)
    light = [(x - size * 0.72, y), (x - size * 0.68, y + size)]
    _shape(frame, [*light, (x - size * 0.5, y + size), (x - size * 0.5, y)], (222, 142, 92))
    _ellipse(frame, (x, y + size), (size * 0.92, size * 0.14), (118, 62, 40))
    _ellipse(frame, (x, y), (size, size * 0.2), (208, 128, 80))
    _ellipse(frame, (x, y + size * 0.02), (size * 0.92, size * 0.16), (92, 34, 22))
    for side in (-1, 1):
        at = (round(x + side * size * 1.06), round(y + size * 0.3))
        cv2.ellipse(
            frame,
            at,
            (round(size * 0.16), round(size * 0.12)),
            0,
            0,
            360,
            (96, 58, 40),
            9,
            cv2.LINE_AA,
        )


def wide(t: float) -> NDArray[np.uint8]:
    """The kitchen at dusk, empty, a pot on the stove."""
    frame = _canvas(WALL)
    _gradient(frame, (0, 0, WIDTH, 520), (48, 40, 42), (74, 56, 48))
    _window(frame, 160, 110, 330, 270)
    _shape(frame, [(0, 520), (WIDTH, 500), (WIDTH, HEIGHT), (0, HEIGHT)], WOOD)
    _shape(frame, [(0, 520), (WIDTH, 500), (WIDTH, 516), (0, 538)], (132, 90, 60))
    for shelf in (170, 270):
        cv2.rectangle(frame, (760, shelf), (1160, shelf + 10), (96, 66, 46), -1)
        for jar in range(5):
            left = 780 + jar * 76
            tone = (120 + jar * 14, 86 + jar * 9, 58)
            cv2.rectangle(frame, (left, shelf - 58), (left + 42, shelf), tone, -1, cv2.LINE_AA)
            cv2.rectangle(frame, (left, shelf - 66), (left + 42, shelf - 58), SHADOW, -1)
    _pot(frame, 900, 400, 100)
    frame = _glow(frame, (330, 300), 420, DUSK_LOW, 0.34)
    frame = _glow(frame, (960, 60), 460, LAMP, 0.42)
    return _finish(_steam(frame, 900, 400, t * 2, 0.5), t, 0.05, 1)


def pot(t: float) -> NDArray[np.uint8]:
    """Close on the pot, the sauce at a simmer."""
    frame = _canvas(SHADOW)
    _gradient(frame, (0, 0, WIDTH, HEIGHT), (66, 50, 44), (30, 22, 22))
    _pot(frame, 640, 360, 330)
    _ellipse(frame, (640, 368), (300, 50), (150, 46, 26))
    rng = np.random.default_rng(5)
    for _ in range(26):
        angle, reach, offset = rng.uniform(0, 6.283), rng.uniform(0, 1) ** 0.5, rng.uniform()
        grown = (t * 2.2 + offset) % 1
        at = (640 + np.cos(angle) * reach * 270, 368 + np.sin(angle) * reach * 38)
        _ellipse(frame, at, (4 + 10 * grown, 2 + 4 * grown), (196, 84, 48))
    frame = _glow(frame, (420, 250), 380, LAMP, 0.4)
    return _finish(_steam(frame, 640, 340, t * 2, 0.8), t, 0.04, 2)


def plate(t: float) -> NDArray[np.uint8]:
    """The dish on the table by candlelight."""
    frame = _canvas(WOOD)
    _gradient(frame, (0, 0, WIDTH, HEIGHT), (44, 32, 28), (104, 68, 46))
    for board in range(6):
        y = 150 + board * 110
        cv2.line(frame, (0, y), (WIDTH, y + 20), (58, 38, 28), 3, cv2.LINE_AA)
    _ellipse(frame, (640, 452), (330, 150), (40, 28, 24))
    _ellipse(frame, (640, 430), (330, 148), (222, 212, 198))
    _ellipse(frame, (640, 426), (262, 112), (240, 232, 220))
    _ellipse(frame, (640, 412), (178, 74), (158, 56, 30))
    _ellipse(frame, (622, 392), (128, 44), (186, 78, 40))
    for leaf in range(9):
        angle = leaf * 0.7
        at = (632 + np.cos(angle) * 60, 388 + np.sin(angle) * 20)
        _ellipse(frame, at, (13, 6), (72, 104, 48))
    cv2.rectangle(frame, (1010, 250), (1048, 420), (232, 218, 190), -1, cv2.LINE_AA)
    flicker = 1 + 0.06 * np.sin(t * 41) + 0.04 * np.sin(t * 67 + 1)
    _ellipse(frame, (1029, 222), (9, 26 * flicker), (255, 224, 150))
    frame = _glow(frame, (1029, 228), 420, LAMP, 0.75 * flicker)
    return _finish(_steam(frame, 630, 380, t * 2, 0.45), t, 0.045, 3)


SHOTS: dict[str, Callable[[float], NDArray[np.uint8]]] = {
    "A001_C001_kitchen_wide": wide,
    "A001_C004_pot_simmer": pot,
    "A002_C002_plate": plate,
}
"""The scene's footage by clip name."""
