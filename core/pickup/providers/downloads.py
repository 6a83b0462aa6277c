"""Brings a finished film home: sized, checked to be one, written aside, named by what it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import requests.exceptions as web

from pickup.errors import ProviderError
from pickup.files import written_aside
from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.refusals import refuse
from pickup.providers.transport import TooLarge, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import requests

    from pickup.providers.http import Client

LARGEST = 8 * 2**30
"""Bytes of a film; four minutes of 4K ProRes fit."""

_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"moof", b"pnot"}
_HEAD = 64
_NO_TEXT = set(range(32)) - set(b"\t\n\r\f")


class Broken(ProviderError):
    """A film that did not arrive whole; it can be fetched again."""


class AnothersWord(Broken):
    """Words where a film should be: of a proxy, or of a service in trouble."""


def download(
    client: Client, url: str, out: Path, progress: Callable[[float], None], *, limit: int = LARGEST
) -> Path:
    """Fetch a film, again where it breaks off; `out` with the suffix of what it is.

    Raises:
        ProviderRefusal: it is gone, no film, too large, or not to be had safely; what is paid
            for and may be there yet is LOST, and can be asked for once more.
        ProviderError: it could not be fetched now.
    """
    tries = client.patience.tries
    for attempt in range(tries):
        try:
            return _checked(client.who, out, _streamed(client, url, progress, limit))
        except AnothersWord as error:
            if attempt == tries - 1:
                raise ProviderRefusal(Refusal.LOST, str(error)) from None
            time.sleep(client.patience.pause * 2**attempt)
        except Broken:
            if attempt == tries - 1:
                raise
            time.sleep(client.patience.pause * 2**attempt)
    raise Broken(f"{client.who} did not send the film; it will be fetched again later.")


def keep(who: str, out: Path, data: bytes) -> Path:
    """Keep a film that came inside a reply, checked like a download."""
    try:
        return _checked(who, out, [data])
    except AnothersWord as error:  # nobody stands between, so it comes no other way again
        raise ProviderRefusal(Refusal.FAILED, str(error)) from None


def _checked(who: str, out: Path, parts: Iterable[bytes]) -> Path:
    with written_aside(out) as aside:
        with aside.open("wb") as stream:
            for part in parts:
                stream.write(part)
        suffix = film_suffix(who, aside)
    final = out.with_suffix(suffix)
    return final if final == out else out.replace(final)


def _streamed(
    client: Client, url: str, progress: Callable[[float], None], limit: int
) -> Iterator[bytes]:
    """The pieces of a film, with `progress` told of them."""
    try:
        with client.stream(url) as response:
            _check_status(client, response)
            size = int(response.headers.get("Content-Length", "0") or 0)
            if size > limit:
                raise _too_large(client.who, limit)
            arrived = 0
            for piece in pieces(response, limit, time.monotonic() + client.patience.download):
                arrived += len(piece)
                yield piece
                if size:
                    progress(min(1.0, arrived / size))
    except TooLarge:
        raise _too_large(client.who, limit) from None
    except ProviderRefusal as refusal:
        if refusal.kind is not Refusal.UNREACHABLE:
            raise
        raise ProviderRefusal(Refusal.LOST, str(refusal)) from None
    except (web.RequestException, ValueError) as error:
        raise Broken(
            f"{client.who}: the film broke off ({type(error).__name__}); "
            "it will be fetched again later."
        ) from None


def _check_status(client: Client, response: requests.Response) -> None:
    status = response.status_code
    if status in (200, 206):
        return
    if status in (404, 410):
        raise refuse(client.who, 410, "", kind=Refusal.EXPIRED)
    if status in (401, 403):
        raise ProviderError(
            f"{client.who} does not hand out the film (status {status}); check the key with "
            "“pickup doctor”, and run again."
        )
    raise Broken(f"{client.who} cannot send the film now (status {status}); run again later.")


def film_suffix(who: str, path: Path) -> str:
    """The suffix of a film by its own bytes.

    Raises:
        ProviderRefusal: it is no film.
        AnothersWord: it is a text.
        Broken: it is a film cut short.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    suffix = _suffix_of(head)
    if not suffix and _words_in(head):
        raise AnothersWord(
            f"{who} sent {_words_in(head)} instead of a film; run again to ask for it once more."
        )
    if not suffix:
        raise ProviderRefusal(
            Refusal.FAILED, f"{who} sent {_guess(head)} instead of a film; order the shot again."
        )
    if suffix in (".mp4", ".mov") and not _whole(path):
        raise Broken(f"{who}: the film arrived cut short; it will be fetched again later.")
    if not _has_picture(path):
        raise ProviderRefusal(
            Refusal.FAILED, f"{who} sent a file without a picture; order the shot again."
        )
    return suffix


def _suffix_of(head: bytes) -> str:
    if head[4:8] in _BOXES:
        return ".mov" if head[4:8] != b"ftyp" or head[8:10] == b"qt" else ".mp4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return ".webm" if b"webm" in head else ".mkv"
    if head[:4] == b"RIFF":
        return {b"AVI ": ".avi", b"WEBP": ".webp"}.get(head[8:12], "")
    return ".gif" if head[:4] == b"GIF8" else ""


def _whole(path: Path) -> bool:
    """Whether the boxes of an MP4 or MOV end where the file ends, and its index is there."""
    size, place, indexed = path.stat().st_size, 0, False
    with path.open("rb") as stream:
        while place + 8 <= size:
            stream.seek(place)
            head = stream.read(16)
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            length = length or size - place
            if length < 8 or place + length > size:
                return False
            indexed = indexed or name in (b"moov", b"moof")
            place += length
    return indexed


def _has_picture(path: Path) -> bool:
    import av

    try:
        with av.open(str(path)) as container:
            return bool(container.streams.video)
    except (av.error.FFmpegError, ValueError):
        return False


def _words_in(head: bytes) -> str:
    """What kind of text a file is; empty where it is none."""
    text = head.lstrip()
    if text.startswith(b"<"):
        return "a web page"
    if text.startswith((b"{", b"[")):
        return "JSON"
    if not head:
        return "an empty file"
    return "a text" if text.isascii() and not set(text) & _NO_TEXT else ""


def _guess(head: bytes) -> str:
    return "a picture" if head.startswith((b"\x89PNG", b"\xff\xd8\xff")) else "something"


def _too_large(who: str, limit: int) -> ProviderRefusal:
    return ProviderRefusal(
        Refusal.LOST, f"{who} sent a film of more than {limit // 2**20} MB, which is refused."
    )
