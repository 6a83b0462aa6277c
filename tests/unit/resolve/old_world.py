"""Runs the menu script in any Python from 3.6 on, with a small stand-in for Resolve.

``python old_world.py LAUNCHER``: as Resolve does, by exec and without `__file__`. It is written in
the grammar of 3.6, imports the standard library alone, and knows just enough of Resolve to be asked
for its timeline.
"""

import sys
from pathlib import Path


class Timeline:
    def GetName(self):
        return "Küche 🎬"

    def GetUniqueId(self):
        return "t-1"

    def GetStartFrame(self):
        return 86400.0

    def GetMarkers(self):
        return {3.0: {"name": "näme", "customData": ""}}

    def GetItemListInTrack(self, kind, index):
        return None

    def SetName(self, name):
        raise RuntimeError("locked by another user")


class Project:
    def GetCurrentTimeline(self):
        return Timeline()


class Manager:
    def GetCurrentProject(self):
        return Project()


class Resolve:
    EXPORT_OTIO = 15.0

    def GetProductName(self):
        return "DaVinci Resolve"

    def GetVersion(self):
        return [sys.version_info[0], sys.version_info[1], 0, 0, ""]

    def GetProjectManager(self):
        return Manager()


class Quiet:
    """What Resolve gives for stdout: it cannot be flushed."""

    def __init__(self, stream):
        self.write = stream.write


def main():
    path = sys.argv[1]
    sys.stdout, kept = Quiet(sys.stdout), sys.stdout
    code = compile(Path(path).read_text("utf-8"), "fuscript", "exec")
    try:
        exec(code, {"__name__": "__main__", "resolve": Resolve()})
    finally:
        sys.stdout = kept


if __name__ == "__main__":
    main()
