"""Opens media that nobody vouches for: timelines name any file, and providers send any bytes.

Only regular files are opened, as plain paths and with a short list of demuxers, so that no name is
taken for an address and no playlist can make FFmpeg read other files.
"""

from __future__ import annotations

import contextlib
import stat
from typing import TYPE_CHECKING

import av
import av.error
import av.logging

from pickup.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mxf",
    "mpegts",
    "mpeg",
    "mpegvideo",
    "m4v",
    "h264",
    "hevc",
    "obu",
    "ivf",
    "flv",
    "ogg",
    "asf",
    "dv",
    "gxf",
    "nut",
    "yuv4mpegpipe",
    "gif",
    "wav",
    "w64",
    "aiff",
    "caf",
    "mp3",
    "flac",
    "aac",
    "ac3",
)
"""FFmpeg's names of what may be opened: containers that hold their media within themselves."""

MAX_PIXELS = 2**27
"""Of one frame: 16K by 8K. A header may claim any size, and a decoder would allocate it."""

MAX_SIDE = 32_768


def require_file(path: Path) -> Path:
    """The path itself, if a regular file is there.

    Raises:
        MediaError: nothing is there, or a folder, device, pipe or socket.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise MediaError(path, "the file is not there", hint="Relink the media.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not one a file can have"
        raise MediaError(path, f"cannot be opened ({reason.lower()})") from None
    if not stat.S_ISREG(mode):
        raise MediaError(path, "is not a file of media, but a folder, a device or a pipe")
    return path


@contextlib.contextmanager
def decoding(
    path: Path, doing: str = "is not a movie or a picture that can be read"
) -> Iterator[None]:
    """Turns what FFmpeg says of a file into one sentence about it."""
    try:
        yield
    except (PermissionError, av.error.PermissionError):
        raise MediaError(path, "may not be read", hint="Check who owns the file.") from None
    except (av.error.FFmpegError, OSError, ValueError, UnicodeError, OverflowError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
        raise MediaError(path, f"{doing} ({detail.lower()})") from error


def open_movie(path: Path) -> InputContainer:
    """A movie or sound file, open for reading; the caller closes it.

    Raises:
        MediaError: not there, not a regular file, or in no known container.
    """
    require_file(path)
    av.logging.set_level(None)
    with decoding(path):
        return av.open(
            f"file:{path.absolute()}",
            metadata_errors="replace",
            container_options={
                "protocol_whitelist": "file",
                "format_whitelist": ",".join(DEMUXERS),
            },
        )


def video_stream(container: InputContainer, path: Path) -> VideoStream | None:
    """The first moving picture; cover art is none.

    Raises:
        MediaError: its size is not one that can be decoded.
    """
    for stream in container.streams.video:
        if "attached_pic" in str(stream.disposition):
            continue
        check_size(path, stream.width, stream.height)
        return stream
    return None


def check_size(path: Path, width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE) or width * height > MAX_PIXELS:
        raise MediaError(path, f"has a picture of {width}×{height}, which cannot be decoded")
