"""Puts an XMP packet into a QuickTime movie, where Adobe's programs look for it: moov/udta/XMP_.

FFmpeg writes its own tags there but no packet, and a tag of a clip cannot be a sidecar alone: an
editor who drags a movie into a project leaves the sidecar behind.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from pickup.errors import MediaError

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 8
_NAMES = (b"moov", b"udta")


def embed_xmp(path: Path, packet: bytes) -> None:
    """Add a packet to a movie whose index is its last box, so that no other byte moves.

    Args:
        path: a `.mov` that has just been written; the caller works on a file aside.
        packet: in UTF-8, with its `xpacket` marks.

    Raises:
        MediaError: the file has another layout.
        OSError: it cannot be written.
    """
    with path.open("r+b") as movie:
        at = _last(movie, b"moov")
        if at is None:
            raise MediaError(path, "has no index at its end that could take the XMP packet")
        movie.seek(at)
        index = movie.read()
        movie.seek(at)
        movie.write(_within(index, _NAMES, _box(b"XMP_", packet)))


def _last(movie: BinaryIO, wanted: bytes) -> int | None:
    """Where the last of the top boxes begins, if it is `wanted` and ends the file."""
    end = movie.seek(0, 2)
    begin, at, name = 0, 0, b""
    while at + _HEAD <= end:
        movie.seek(at)
        size, name = struct.unpack(">I4s", movie.read(_HEAD))
        if size == 1:
            size = int.from_bytes(movie.read(8), "big")
        begin, at = at, at + max(size, _HEAD)
    return begin if (name, at) == (wanted, end) else None


def _within(box: bytes, names: tuple[bytes, ...], new: bytes) -> bytes:
    """The box with a new one at the end of the last of `names`, which nest."""
    inner = names[1:]
    body = box[_HEAD:]
    if not inner:
        return _box(names[0], body + new)
    at = 0
    while at + _HEAD <= len(body):
        size, name = struct.unpack_from(">I4s", body, at)
        if name == inner[0]:
            child = _within(body[at : at + size], inner, new)
            return _box(names[0], body[:at] + child + body[at + size :])
        at += max(size, _HEAD)
    return _box(names[0], body + _within(_box(inner[0], b""), inner, new))


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", _HEAD + len(body), name) + body
