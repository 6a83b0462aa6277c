"""Whether a folder lies on another machine, where SQLite's locks cannot be relied on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_NETWORK = "nfs nfs4 cifs smb smbfs smb2 smb3 afs afpfs ncpfs webdav davfs ceph lustre glusterfs"
_FUSE = "fuse.sshfs fuse.rclone fuse.davfs2 fuse.glusterfs fuse.ceph"
_REMOTE = frozenset(f"{_NETWORK} {_FUSE}".split())


def network_kind(folder: Path) -> str:
    """The network file system that `folder` is on; empty where it is local or cannot be told."""
    if sys.platform == "win32":
        return _windows_kind(folder)
    try:
        path = folder.resolve()
        if sys.platform == "darwin":
            text = subprocess.run(
                ["/sbin/mount"], capture_output=True, text=True, timeout=10, check=False
            ).stdout
            mounts = _darwin_mounts(text)
        else:
            mounts = _linux_mounts(Path("/proc/self/mounts").read_text("utf-8", "replace"))
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return kind_at(path, mounts)


def kind_at(path: Path, mounts: dict[str, str]) -> str:
    """As `network_kind`, by a table from mount point to file system."""
    for parent in (path, *path.parents):
        kind = mounts.get(str(parent))
        if kind is not None:
            return kind if kind in _REMOTE else ""
    return ""


def _linux_mounts(text: str) -> dict[str, str]:
    rows = (line.split() for line in text.splitlines())
    # The kernel writes blanks in paths as octal escapes.
    return {row[1].replace("\\040", " "): row[2] for row in rows if len(row) > 2}


def _darwin_mounts(text: str) -> dict[str, str]:
    mounts = {}
    for line in text.splitlines():
        _, _, rest = line.partition(" on ")
        point, _, options = rest.rpartition(" (")
        mounts[point] = options.split(",")[0].rstrip(")")
    return mounts


def _windows_kind(folder: Path) -> str:
    anchor = folder.absolute().anchor
    if anchor.startswith("\\\\"):
        return "smb"
    import ctypes

    remote = 4
    kind = ctypes.windll.kernel32.GetDriveTypeW(anchor)  # type: ignore[attr-defined,unused-ignore]
    return "smb" if kind == remote else ""
