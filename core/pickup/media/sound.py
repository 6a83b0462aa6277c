"""A take's sound, resampled and cut to the picture to the sample."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from pickup.media.opening import decoding, open_movie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from av.filter.context import FilterContext
    from numpy.typing import NDArray

SAMPLE_RATE = 48_000

_FAR, _RUN_UP = 10, 1
"""Seconds: what begins later than this is sought, so much before, rather than decoded up to."""


class SoundReader:
    """A take's sound from an instant on: as many samples as asked for, silence where it has none.

    Attributes:
        channels: of the first sound stream.
        layout: its channel layout, in FFmpeg's words.

    Args:
        path: a file with sound.
        start: seconds from the take's first picture; negative begins with silence.
        tempo: seconds of the take for each second of the clip.
    """

    def __init__(self, path: Path, start: Fraction, tempo: Fraction) -> None:
        self._path = path
        self._container = open_movie(path)
        self._stream = self._container.streams.audio[0]
        self.layout = self._stream.layout.name
        self.channels = self._stream.channels
        if self.layout != "mono" and self.channels > 2 and "channels" in self.layout:
            self.layout, self.channels = "stereo", 2
        self._tempo = tempo
        self._skip = round((start - self._offset()) * SAMPLE_RATE)
        self._pieces = self._decoded()
        lead = max(0, round(-self._skip / tempo))
        self._rest: NDArray[np.int32] = np.zeros((1, lead * self.channels), np.int32)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._container.close()

    def read(self, samples: int) -> AudioFrame:
        """The next `samples` of each channel."""
        wanted = samples * self.channels
        with decoding(self._path, "its sound cannot be decoded"):
            while self._rest.shape[1] < wanted:
                piece = next(self._pieces, None)
                if piece is None:
                    missing = wanted - self._rest.shape[1]
                    piece = np.zeros((1, missing), np.int32)
                self._rest = np.concatenate([self._rest, piece], axis=1)
        now, self._rest = self._rest[:, :wanted], self._rest[:, wanted:]
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(now), format="s32", layout=self.layout)
        frame.sample_rate = SAMPLE_RATE
        return frame

    def _offset(self) -> Fraction:
        """Seconds by which the sound begins after the picture."""
        video = self._container.streams.video
        if not video:
            return self._seconds(self._stream.start_time, self._stream.time_base)
        return self._seconds(self._stream.start_time, self._stream.time_base) - self._seconds(
            video[0].start_time, video[0].time_base
        )

    @staticmethod
    def _seconds(stamp: int | None, base: Fraction | None) -> Fraction:
        return (stamp or 0) * base if base else Fraction(0)

    def _decoded(self) -> Iterator[NDArray[np.int32]]:
        """Interleaved samples as they come, at 48 kHz and the clip's tempo."""
        graph: Graph | None = None
        for frame in self._frames():
            if graph is None:
                graph = self._graph(frame)
            graph.push(frame)
            yield from self._pulled(graph)
        if graph is not None:
            graph.push(None)
            yield from self._pulled(graph)

    def _frames(self) -> Iterator[AudioFrame]:
        """The stream's frames, in a long file from shortly before the first one wanted."""
        begin, base = self._stream.start_time or 0, self._stream.time_base
        ahead = Fraction(self._skip, SAMPLE_RATE) - _RUN_UP
        if ahead > _FAR - _RUN_UP and base:
            self._container.seek(begin + int(ahead / base), stream=self._stream)
            frames = self._container.decode(self._stream)
            first = next(frames, None)
            passed = None if first is None or first.pts is None else (first.pts - begin) * base
            if first is not None and passed is not None and 0 <= passed <= ahead + _RUN_UP:
                self._skip -= round(passed * SAMPLE_RATE)
                yield first
                yield from frames
                return
            self._container.seek(begin, stream=self._stream)
        yield from self._container.decode(self._stream)

    @staticmethod
    def _pulled(graph: Graph) -> Iterator[NDArray[np.int32]]:
        while True:
            try:
                yield cast("NDArray[np.int32]", graph.pull().to_ndarray())
            except (BlockingIOError, EOFError):
                return

    def _graph(self, frame: AudioFrame) -> Graph:
        graph = Graph()
        last: FilterContext = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format,
            layout=frame.layout,
            time_base=frame.time_base,
        )
        steps = [
            ("aresample", str(SAMPLE_RATE)),
            ("aformat", f"sample_fmts=s32:channel_layouts={self.layout}"),
            ("asetpts", "N/SR/TB"),
            ("atrim", f"start_sample={max(0, self._skip)}"),
            ("asetpts", "N/SR/TB"),
        ]
        if abs(self._tempo - 1) > 0.002:
            steps += [
                ("atempo", f"{float(self._tempo):.9f}"),
                ("aformat", f"sample_fmts=s32:channel_layouts={self.layout}"),
            ]
        for name, arguments in (*steps, ("abuffersink", None)):
            node = graph.add(name, arguments)
            last.link_to(node)
            last = node
        graph.configure()
        return graph
