"""Frames by number, exactly: never the nearest key frame, never one off.

A frame's number counts from the file's first frame in order of presentation. In a file of even rate
that is what it sounds like; where the rate varies, the number is an instant at the nominal rate and
the frame is the one that shows then, as NLEs conform such files.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pickup.errors import MediaError
from pickup.files import write_bytes
from pickup.media.filters import RgbView
from pickup.media.images import is_image, png, read_image
from pickup.media.opening import decoding, open_movie, video_stream
from pickup.media.probe import pixel_aspect, timecode_of
from pickup.media.sampling import RELABEL
from pickup.media.stamps import TIMELESS, stream_rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    import numpy as np
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from pickup.cut.model import Media

_TOLERANCE = Fraction(1, 4)
"""Of a frame: containers round time stamps to their own grid."""

_INSTANT = Fraction(1, 32)
"""The same, where an instant is asked for that need not lie near the beginning of a frame."""

_WALK = 16
"""Frames to decode on rather than seek."""

_SEEK_BACK = (0, 2, 10)
"""Seconds before the frame wanted, tried in turn, until a key frame lies at or before it."""


class EndOfMedia(MediaError):
    """A frame was asked for that lies beyond the last one.

    Attributes:
        frames: how many there are.
    """

    def __init__(self, path: Path, frames: int, index: int) -> None:
        self.frames = frames
        super().__init__(path, f"has {frames} frames, so there is no frame {index} (from 0)")


class FrameReader:
    """A movie or a picture, open for reading frames by number; quick when asked in order.

    Attributes:
        path: the file.
        rate: frames per second that numbers count at; None for a still, whose every frame is it.
        start: the first frame's timecode, as frames; 0 where the file has none.
        pixel_aspect: of the picture as stored.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rate: Fraction | None = None
        self.start = 0
        self.pixel_aspect = Fraction(1)
        self._still: NDArray[np.uint8] | None = None
        self._container: InputContainer | None = None
        self._view = RgbView()
        if is_image(path):
            self._still = read_image(path)
        else:
            self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._container is not None:
            self._container.close()

    def find(
        self, index: int, rate: Fraction | None, *, start_known: bool = True
    ) -> int | Fraction:
        """What to `read` for a frame that a document counts its own way.

        Args:
            index: frames at `rate` from the media's start.
            rate: the document's; where the file's differs, the frame of the same instant is meant.
            start_known: the document knows the media's start. Where it does not, it counts from
                zero, and what does not lie before the file's own timecode is one.
        """
        if self.rate is None:
            return max(index, 0)
        at: int | Fraction = index
        if rate and abs(rate / self.rate - 1) > RELABEL:
            at = index * self.rate / rate - _TOLERANCE + _INSTANT
        if not start_known and at + _TOLERANCE >= self.start:
            at -= self.start
        return at if index < 0 else max(at, 0)

    def read(self, index: int | Fraction) -> NDArray[np.uint8]:
        """The frame `index`, or what `find` says, as upright (height, width, 3) RGB.

        Raises:
            EndOfMedia: there is no such frame.
            MediaError: it cannot be decoded.
        """
        if self._still is not None:
            _require_forward(self.path, index)
            return self._still
        frame = self.frame(index)
        with decoding(self.path, f"frame {_whole(index)} cannot be shown"):
            return cast("NDArray[np.uint8]", self._view(frame).to_ndarray())

    def frame(self, index: int | Fraction) -> VideoFrame:
        """The frame `index` as it was decoded; movies only."""
        _require_forward(self.path, index)
        with decoding(self.path, f"frame {_whole(index)} cannot be decoded"):
            if self._counted:
                return self._frame_by_count(_whole(index))
            return self._frame_by_time(index)

    def _open(self) -> None:
        """Open, or begin again from the very first frame."""
        self.close()
        self._container = open_movie(self.path)
        stream = video_stream(self._container, self.path)
        if stream is None:
            raise MediaError(self.path, "holds no picture")
        stream.thread_type = "AUTO"
        self._stream = stream
        self.rate = stream_rate(stream)
        self.start = timecode_of(self._container, self.rate)[0] or 0
        self.pixel_aspect = pixel_aspect(stream)
        self._counted = self._container.format.name in TIMELESS
        self._position = 0
        self._held: VideoFrame | None = None
        self._next: VideoFrame | None = None
        self._frames = self._decode()
        with decoding(self.path, "its first frame cannot be decoded"):
            self._held = next(self._frames, None)
        if self._held is None:
            raise MediaError(self.path, "holds no picture that can be decoded")
        self._counted = self._counted or self._held.pts is None
        self._origin = self._held.pts or 0
        self._tick = self.rate * (self._held.time_base or Fraction(1))

    def _decode(self) -> Iterator[VideoFrame]:
        """Frames from where the container stands, in order of presentation."""
        assert self._container is not None
        return self._container.decode(self._stream)

    def _frame_by_count(self, index: int) -> VideoFrame:
        if index < self._position:
            self._open()
        while self._position < index:
            following = next(self._frames, None)
            if following is None:
                raise EndOfMedia(self.path, self._position + 1, index)
            self._held = following
            self._position += 1
        assert self._held is not None
        return self._held

    def _frame_by_time(self, index: int | Fraction) -> VideoFrame:
        assert self._held is not None
        ahead = index - self._number(self._held)
        if ahead < -_TOLERANCE or ahead > _WALK:
            self._seek(index)
        while True:
            held = self._held
            if self._lasts(held) > index + _TOLERANCE:
                return held
            following = self._peek(held)
            if following is None:
                self._require_within(held, index)
                return held
            if self._number(following) > index + _TOLERANCE:
                return held
            self._held, self._next = following, None

    def _number(self, frame: VideoFrame) -> Fraction:
        """When a frame begins to show, in frames from the first."""
        return (_stamp(frame) - self._origin) * self._tick

    def _lasts(self, frame: VideoFrame) -> Fraction:
        """Until when a frame is known to show; nothing is known where its length is not told."""
        return self._number(frame) + (frame.duration or 0) * self._tick

    def _peek(self, held: VideoFrame) -> VideoFrame | None:
        """The frame after `held`. One without a time stamp of its own follows at once."""
        if self._next is None:
            self._next = next(self._frames, None)
            if self._next is not None and (
                self._next.pts is None or self._next.pts <= _stamp(held)
            ):
                self._next.pts = _stamp(held) + max(1, round(1 / self._tick))
        return self._next

    def _require_within(self, last: VideoFrame, index: int | Fraction) -> None:
        """`last` is the last frame there is: it shows for its own length, at least one frame."""
        end = max(self._lasts(last), self._number(last) + 1)
        if index > end - 1 + _TOLERANCE * 2:
            raise EndOfMedia(self.path, max(1, round(end)), _whole(index))

    def _seek(self, index: int | Fraction) -> None:
        """Stand on a frame at or before `index` from which decoding is sound."""
        assert self._container is not None
        assert self._stream.time_base is not None
        wanted = self._origin + int(index / self._tick)
        for seconds in _SEEK_BACK:
            back = wanted - int(seconds / self._stream.time_base)
            if back <= self._origin:
                break
            if self._land(back, index):
                return
        self._open()

    def _land(self, stamp: int, index: int | Fraction) -> bool:
        """Seek; whether a key frame was met at or before `index`.

        Frames before the first key frame may refer to what was skipped (open GOPs), and a demuxer
        may land anywhere: both show only in what comes out of the decoder.
        """
        assert self._container is not None
        try:
            self._container.seek(stamp, stream=self._stream, backward=True)
        except (OSError, ValueError):
            return False
        self._frames, self._next = self._decode(), None
        for frame in self._frames:
            if frame.pts is None or self._number(frame) > index + _TOLERANCE:
                return False
            if frame.key_frame:
                self._held = frame
                return True
        return False


def _stamp(frame: VideoFrame) -> int:
    """A frame's time stamp; the first of a file that has none is at zero."""
    return frame.pts or 0


def _whole(index: int | Fraction) -> int:
    """The frame that shows at an instant."""
    return index if isinstance(index, int) else math.floor(index + _TOLERANCE)


def _require_forward(path: Path, index: int | Fraction) -> None:
    if index < 0:
        raise MediaError(path, f"has no frame {index}: that is before its first")


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A frame, written as a PNG in its stored raster, upright.

    Attributes:
        path: the PNG.
        index: the frame's number from the file's first.
        width, height: of the PNG.
        pixel_aspect: of the PNG's pixels.
        sha256: of the PNG's bytes.
    """

    path: Path
    index: int
    width: int
    height: int
    pixel_aspect: Fraction
    sha256: str


def extract_frame(
    media: Media, index: int, out: Path, rate: Fraction | None = None
) -> FramePicture:
    """Write one frame of a clip's media as a PNG.

    Args:
        media: a movie, a picture or a numbered sequence of pictures.
        index: the frame's number from the media's start, not its timecode.
        out: the PNG's path.
        rate: that `index` counts at; the media's by default.

    Raises:
        MediaError: there is no such file or frame, or it cannot be decoded.
        PickupError: `out` cannot be written.
    """
    path, position = media.file_at(index)
    if path is None:
        name = media.url or media.name or "the media"
        raise MediaError(Path(name), "is not a file on this machine", hint="Relink the media.")
    if media.sequence is not None:
        _require_forward(path, index)
    with FrameReader(path) as reader:
        at = reader.find(position, rate or media.rate, start_known=media.start_known)
        rgb = reader.read(at)
        data = png(rgb, reader.pixel_aspect)
        write_bytes(out, data)
        height, width = rgb.shape[:2]
        digest = hashlib.sha256(data).hexdigest()
        return FramePicture(out, index, width, height, reader.pixel_aspect, digest)
