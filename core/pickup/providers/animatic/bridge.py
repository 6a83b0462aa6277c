"""A bridge of motion over a short gap: both neighbours moved along the way between them.

The motion is found both ways by dense optical flow (DIS), and where it does not come back to
where it began, something was covered or uncovered: there the other picture is believed. The flow
at an instant between is approximated from both as Jiang et al. do (Super SloMo, CVPR 2018, eq. 4).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pickup.providers.animatic.pictures import Picture, Plane

Flow = npt.NDArray[np.float32]

LONGEST = 1.5
"""Seconds that a bridge may last; further apart, pictures have drifted too far."""
_FLOW_WIDTH = 640
_THUMB_WIDTH = 192
_RETURNS = 0.55
_ALIKE = 0.82
"""Measured by `similarity` at 1280×720: frames of one take 0.25 to 1.5 s apart, of seven films,
gave at least 0.58 and 0.87; 182 pairs of unrelated pictures gave at most 0.32 and 0.78."""


class Bridge:
    """The pictures between two, at any instant; exactly those two at its ends."""

    def __init__(self, first: Picture, last: Picture) -> None:
        self._first, self._last = first, last
        small = [_small(picture.planes[0], _FLOW_WIDTH) for picture in (first, last)]
        self._there, self._back = _flows(small[0], small[1])
        self._sure = [
            _sure(self._there, self._back),
            _sure(self._back, self._there),
        ]

    def at(self, time: float) -> Picture:
        """The picture at `time`, 0 to 1."""
        if time <= 0:
            return self._first
        if time >= 1:
            return self._last
        to_first = -(1 - time) * time * self._there + time * time * self._back
        to_last = (1 - time) ** 2 * self._there - time * (1 - time) * self._back
        weight = (1 - time) * _moved(self._sure[0], to_first)
        other = time * _moved(self._sure[1], to_last)
        share: Flow = (other / (weight + other)).astype(np.float32)
        pairs = zip(self._first.planes, self._last.planes, strict=True)
        y, u, v = (_mixed(a, b, to_first, to_last, share) for a, b in pairs)
        return Picture((y, u, v))


def bridge(first: Picture, last: Picture, seconds: float) -> Bridge | None:
    """A bridge where the gap is short and its neighbours are the same picture, moved; else None."""
    if seconds > LONGEST or min(first.planes[0].shape) < 64:
        return None
    returns, alike = similarity(first, last)
    return Bridge(first, last) if returns >= _RETURNS and alike >= _ALIKE else None


def similarity(first: Picture, last: Picture) -> tuple[float, float]:
    """How far two pictures are one scene in motion, on thumbnails.

    The share of it whose motion comes back to where it began, and the correlation of the first
    with the last when moved onto it.
    """
    one, other = (_small(picture.planes[0], _THUMB_WIDTH) for picture in (first, last))
    there, back = _flows(one, other)
    moved = _moved(other.astype(np.float32), there)
    a, b = one - one.mean(), moved - moved.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    # Two plain fields of one tone have nothing to correlate and are alike all the same.
    alike = float((a * b).sum()) / spread if spread > 2.0 * a.size else 0.0
    if float(a.std()) < 2.0 and float(b.std()) < 2.0:
        alike = 1.0 - min(1.0, abs(float(one.mean()) - float(moved.mean())) / 16)
    return float((_sure(there, back) > 0.5).mean()), alike


def _small(plane: Plane, width: int) -> Plane:
    rows, columns = plane.shape
    scale = min(1.0, width / max(rows, columns))
    size = max(32, round(columns * scale)), max(32, round(rows * scale))
    small: Plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return small


def _flows(one: Plane, other: Plane) -> tuple[Flow, Flow]:
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return finder.calc(one, other, None), finder.calc(other, one, None)


def _sure(there: Flow, back: Flow) -> Flow:
    """1 where the way there and back ends where it began, falling to nearly 0 with the distance."""
    miss = np.linalg.norm(there + _moved(back, there), axis=2)
    size = np.linalg.norm(there, axis=2)
    sure: Flow = np.exp(-((miss / (0.7 + 0.08 * size)) ** 2)).astype(np.float32) + 1e-3
    return sure


def _moved(field: Flow, flow: Flow) -> Flow:
    """A field of the flow's own size, looked up where the flow points."""
    rows, columns = flow.shape[:2]
    x, y = _grid(rows, columns)
    moved: Flow = cv2.remap(
        field, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return moved


def _mixed(one: Plane, other: Plane, to_one: Flow, to_other: Flow, share: Flow) -> Plane:
    rows, columns = one.shape
    x, y = _grid(rows, columns)
    seen = []
    for plane, flow in ((one, to_one), (other, to_other)):
        full = cv2.resize(flow, (columns, rows), interpolation=cv2.INTER_LINEAR)
        scale = columns / flow.shape[1], rows / flow.shape[0]
        at = x + full[..., 0] * scale[0], y + full[..., 1] * scale[1]
        seen.append(cv2.remap(plane, *at, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))
    weight = cv2.resize(share, (columns, rows), interpolation=cv2.INTER_LINEAR)
    mixed: Plane = cv2.blendLinear(seen[0], seen[1], 1 - weight, weight)
    return mixed


def _grid(rows: int, columns: int) -> tuple[Flow, Flow]:
    x = np.arange(columns, dtype=np.float32)[None, :]
    y = np.arange(rows, dtype=np.float32)[:, None]
    return np.broadcast_to(x, (rows, columns)), np.broadcast_to(y, (rows, columns))
