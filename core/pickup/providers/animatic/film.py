"""What the animatic films, frame by frame: it decides, the other modules draw.

The take opens exactly on the first reference picture and closes exactly on the last. Between
them it moves the camera as the words ask and dissolves from one to the other, or, over a short
gap between pictures of one scene, bridges their motion. The handles hold the ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pickup.providers.animatic.bridge import Bridge, bridge
from pickup.providers.animatic.camera import Move, read_move, smooth
from pickup.providers.animatic.lettering import Lettering, letter_corner, letter_slate
from pickup.providers.animatic.light import read_light
from pickup.providers.animatic.pictures import Canvas, Picture, Raster, open_picture
from pickup.providers.animatic.slate import Grain, draw_slate
from pickup.timing import to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.providers.base import Order
    from pickup.shots.request import ShotRequest

_DISSOLVE = 1.2
"""Seconds a dissolve lasts at most; in a short take it is two fifths of it."""
_APPEAR = 0.25
"""Seconds in which the lettering comes and goes."""


class Scene(Protocol):
    """What is in front of the camera at an instant, 0 to 1, of a take."""

    def at(self, time: float) -> Picture: ...


def film(order: Order) -> Iterator[Picture]:
    """The take's pictures in order: head handle, the shot, tail handle.

    Raises:
        ProviderRefusal: a reference picture cannot be read.
    """
    request = order.request
    raster = Raster(request.width, request.height, request.pixel_aspect)
    given = [open_picture(p, raster) if p else None for p in (order.first_frame, order.last_frame)]
    first, last = given
    if first is None and last is None:
        yield from _slate(order, raster)
        return
    scene = _scene(order, first, last)
    lettering = _letters(request, raster) if request.lettering else None
    for frame in range(-request.handles, request.frames + request.handles):
        picture = scene.at(_instant(frame, request.frames))
        if lettering:
            picture = lettering.over(picture, _opacity(frame, request))
        yield picture


def _slate(order: Order, raster: Raster) -> Iterator[Picture]:
    request = order.request
    prompt = request.prompt
    light = read_light(prompt.light, request.words, prompt.place, request.text)
    canvas = Canvas(draw_slate(light, raster, order.seed))
    move = _move(request)
    seconds = _seconds(request)
    words = _words(request)
    lettering = letter_slate(request.id, words, raster) if request.lettering else None
    grain = Grain(raster, order.seed)
    for frame in range(-request.handles, request.frames + request.handles):
        view = move.departing(_instant(frame, request.frames), order.seed, seconds)
        picture = grain.over(canvas.view(view), frame + request.handles)
        yield lettering.over(picture, 1.0) if lettering else picture


def _scene(order: Order, first: Picture | None, last: Picture | None) -> Scene:
    request = order.request
    seconds = _seconds(request)
    if first and last:
        motion: Bridge | None = bridge(first, last, seconds)
        if motion:
            return motion
    return Dissolve(first, last, _move(request), seconds, order.seed)


class Dissolve:
    """A move over one picture, or over two with a dissolve between them."""

    def __init__(
        self, first: Picture | None, last: Picture | None, move: Move, seconds: float, seed: int
    ) -> None:
        self._first = Canvas(first) if first else None
        self._last = Canvas(last) if last else None
        self._move = move
        self._seconds = seconds
        self._seed = seed
        self._length = min(0.4, _DISSOLVE / seconds)

    def at(self, time: float) -> Picture:
        share = self._share(time)
        if self._first is None or (self._last is not None and share >= 1):
            assert self._last is not None
            return self._last.view(self._move.arriving(time, self._seed, self._seconds))
        picture = self._first.view(self._move.departing(time, self._seed, self._seconds))
        if self._last is None or share <= 0:
            return picture
        arriving = self._last.view(self._move.arriving(time, self._seed, self._seconds))
        return picture.dissolved(arriving, share)

    def _share(self, time: float) -> float:
        return smooth((time - 0.5) / self._length + 0.5)


def _instant(frame: int, frames: int) -> float:
    """Where a frame stands in the take: 0 for its first, 1 for its last, held in the handles."""
    return min(1.0, max(0.0, frame / (frames - 1))) if frames > 1 else 0.0


def _opacity(frame: int, request: ShotRequest) -> float:
    """Lettering stays off the joins, so that the take meets its neighbours exactly."""
    fade = max(1.0, min(_APPEAR * float(request.rate), request.frames / 6))
    inside = min(frame, request.frames - 1 - frame) - fade / 2
    return smooth(inside / fade)


def _seconds(request: ShotRequest) -> float:
    return float(to_seconds(request.frames, request.rate))


def _move(request: ShotRequest) -> Move:
    sources = (request.words, request.text, request.prompt.action)
    return read_move(*sources, camera=request.prompt.camera, seconds=_seconds(request))


def _words(request: ShotRequest) -> str:
    return request.words or request.prompt.action or request.prompt.subject or request.text


def _letters(request: ShotRequest, raster: Raster) -> Lettering | None:
    return letter_corner(request.id, _words(request), raster)
