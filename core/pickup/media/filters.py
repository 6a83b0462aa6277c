"""FFmpeg's filters as a function from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from av.filter import Graph

from pickup.media.colour import SRGB, ColourTags, tags_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame

Step = tuple[str, str]
"""A filter's name and its arguments."""

PRECISE = "lanczos+accurate_rnd+full_chroma_int+full_chroma_inp"

_TURNS: dict[int, tuple[Step, ...]] = {
    90: (("transpose", "cclock"),),
    180: (("hflip", ""), ("vflip", "")),
    270: (("transpose", "clock"),),
}


class Chain:
    """A straight chain of video filters that gives one frame for each it gets.

    The graph is built for the first frame, and again whenever size or format change.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._shape: tuple[int, int, str] | None = None
        self._graph: Graph | None = None

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        shape = (frame.width, frame.height, frame.format.name)
        if self._graph is None or shape != self._shape:
            self._graph, self._shape = self._build(frame), shape
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _build(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        last = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=frame.time_base,
        )
        for name, arguments in (*self._steps, ("buffersink", "")):
            node = graph.add(name, arguments or None)
            last.link_to(node)
            last = node
        graph.configure()
        return graph


def upright(rotation: int) -> tuple[Step, ...]:
    """The turn that a display matrix asks for, `rotation` degrees counter-clockwise."""
    return _TURNS.get(rotation % 360, ())


def over_black(picture: VideoFormat) -> tuple[Step, ...]:
    """A picture with transparency as it lies over nothing in a timeline: on black."""
    if not any(part.is_alpha for part in picture.components):
        return ()
    deep = any(part.bits > 8 for part in picture.components)
    planar = "gbrap" if picture.is_rgb else "yuva444p"
    return (("format", f"{planar}16le" if deep else planar), ("premultiply", "inplace=1"))


def to_colour(source: ColourTags, target: ColourTags, size: str) -> tuple[Step, ...]:
    """Scale to `size` and change the coding from `source` to `target`.

    Between ordinary pictures only matrix and range are converted: the primaries of SD and HD are
    near enough that no NLE tells them apart. Wide gamuts and HDR are mapped down.
    """
    if not source.is_wide:
        source = ColourTags(target.primaries, target.transfer, source.matrix, source.range)
    scale = f"{size}:flags={PRECISE}:out_range={target.range}"
    if target.matrix != "gbr":
        scale += f":out_color_matrix={target.matrix}"
    if source.is_wide:
        scale += f":out_primaries={target.primaries}:out_transfer={target.transfer}"
    return (("setparams", source.setparams), ("scale", scale))


class RgbView:
    """Frames as an editor sees them: 8-bit RGB, upright, whatever they were coded as."""

    def __init__(self) -> None:
        self._chains: dict[tuple[ColourTags, int, str], Chain] = {}

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        key = (tags_of(frame), frame.rotation, frame.format.name)
        if key not in self._chains:
            self._chains[key] = Chain(_rgb_steps(frame))
        return self._chains[key](frame)


def _rgb_steps(frame: VideoFrame) -> list[Step]:
    # Ordinary video goes to the screen as it is; the transfer is named only where one is mapped.
    target = ColourTags(SRGB.primaries, "bt709", "gbr", "pc")
    return [
        *over_black(frame.format),
        *to_colour(tags_of(frame), target, "iw:ih"),
        ("format", "rgb24"),
        *upright(frame.rotation),
    ]
