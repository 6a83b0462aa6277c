r"""Media addresses as documents write them, turned into paths and back: asked by every format.

Editors write the same file as `file:///Users/x/a%20b.mov`, `file://localhost/C%3a/x.mov`,
`file://server/share/x.mov`, `C:\x.mov`, `/Users/x/a b.mov` or `media/x.mov`.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):", re.ASCII)
"""Two characters at least: `C:` is a drive."""

_DRIVE = re.compile(r"^/*([A-Za-z])[:|](?=[/\\]|$)", re.ASCII)
_UNC = re.compile(r"^\\\\(?=[^\\])")
_NAME_BYTES, _PATH_BYTES = 255, 4096
"""The longest name and path that a file can have."""

_SAFE = "/-._~!$&'()*+,;=:@"


def local_path(url: str, base: Path) -> Path | None:
    """The local file that `url` means, whether or not it exists.

    Args:
        url: a URL, an absolute path of any system, or a path relative to `base`.
        base: the folder of the document.

    Returns:
        None for an empty or remote address (`https:`, `s3:` …) and for one that no file can have.
    """
    url = url.strip()
    if not url or "\0" in url:
        return None
    path = _meant(url, base)
    return path if path is not None and _is_possible(path) else None


def _meant(url: str, base: Path) -> Path | None:
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _bare(url, base)
    if scheme[1].lower() != "file":
        return None
    decoded = unquote(url[len(scheme[0]) :])
    return None if "\0" in decoded else _of_file_url(decoded, base)


def file_url(path: Path | str) -> str:
    """`file:///Users/x/a%20b.mov`; a share becomes `file://server/share/…`."""
    text = _forward(path)
    if text.startswith("//"):
        return "file:" + quote(text, safe=_SAFE)
    return "file://" + quote(text if text.startswith("/") else f"/{text}", safe=_SAFE)


def localhost_url(path: Path | str) -> str:
    """`file://localhost/Users/x/a%20b.mov`, `file://localhost/C%3a/x.mov`: Premiere's and FCP's."""
    text = _forward(path)
    if text.startswith("//"):
        return file_url(path)
    drive = _DRIVE.match(text)
    if drive:
        text = f"/{drive[1]}%3a" + quote(text[drive.end() :], safe=_SAFE)
    else:
        text = quote(text if text.startswith("/") else f"/{text}", safe=_SAFE)
    return f"file://localhost{text}"


def _of_file_url(rest: str, base: Path) -> Path | None:
    """The path in what follows `file:`, decoded."""
    if not rest.startswith("//"):
        return _bare(rest, base)
    host, slash, path = rest[2:].partition("/")
    if not slash and not host:
        return None
    if host.lower() in ("", "localhost", "127.0.0.1"):
        return _bare(slash + path, base)
    if _DRIVE.match(host):
        return Path(f"{host[0]}:{host[2:]}{slash}{path}")
    if host in (".", ".."):
        return base / host / path
    return Path(f"//{host}/{path}")


def _bare(text: str, base: Path) -> Path | None:
    """A path that is no URL: Windows', POSIX', or relative to the document."""
    drive = _DRIVE.match(text)
    if drive:
        return Path(f"{drive[1]}:{text[drive.end() :].replace(chr(92), '/') or '/'}")
    if _UNC.match(text):
        return Path(text.replace("\\", "/"))
    if "\\" in text and "/" not in text:
        text = text.replace("\\", "/")
    if not text:
        return None
    if text.startswith("/"):
        return Path(text)
    # A relative address may be encoded or not; only the files can tell.
    if "%" in text and not _exists(base / text):
        text = unquote(text)
    return None if "\0" in text else base / text


def _is_possible(path: Path) -> bool:
    """Whether a file could be called so: asking the system of any other name is an error."""
    text = str(path).encode("utf-8", "replace")
    return len(text) <= _PATH_BYTES and max(map(len, text.split(b"/"))) <= _NAME_BYTES


def _exists(path: Path) -> bool:
    """Whether there is such a file; there is none of a name that no system allows."""
    try:
        return path.exists()
    except OSError:
        return False


def _forward(path: Path | str) -> str:
    """With forward slashes; backslashes are separators only in a Windows path."""
    text = str(path)
    if _DRIVE.match(text) or _UNC.match(text):
        text = text.replace("\\", "/")
    return text
