"""Files written aside and then renamed, so that nobody ever meets half of one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pickup.errors import PickupError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A fresh path in the same folder, renamed to `path` when the block ends well, else removed.

    The path is an empty file; a block that wants a folder unlinks it and makes one.

    Raises:
        PickupError: the folder cannot be written, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem[:40]}.", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise unwritable(path, error) from error
    aside = Path(name)
    try:
        yield aside
        if aside.is_dir():
            _replace_folder(aside, path)
        else:
            aside.chmod(0o666 & ~_umask())
            aside.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if aside.is_dir():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(text, "utf-8", newline="\n")


def write_bytes(path: Path, data: bytes) -> None:
    with written_aside(path) as aside:
        aside.write_bytes(data)


def read_text(path: Path, limit: int = 1 << 26) -> str:
    """The text of an ordinary file of a sensible size: a name may lead to a device or a pipe.

    A byte order mark, which some editors put before what a person saves, is no part of it.

    Raises:
        OSError: it cannot be read, or is no such file.
        UnicodeDecodeError: it is not UTF-8.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
    if found.st_size > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit >> 20} MB", str(path))
    return path.read_text("utf-8-sig")


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unwritable(path: Path, error: OSError) -> PickupError:
    """What to tell the user of a write that failed."""
    return PickupError(
        f"{path}: cannot be written ({error.strerror or error}). "
        "Free some space or choose another folder, then run again."
    )


def _replace_folder(aside: Path, path: Path) -> None:
    """A folder cannot be renamed over another one: the old steps aside, and back on failure."""
    old = aside.with_name(aside.name + ".old")
    if path.exists():
        path.replace(old)
    try:
        aside.replace(path)
    except OSError:
        if old.exists():
            old.replace(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
