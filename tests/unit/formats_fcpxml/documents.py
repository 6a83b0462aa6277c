"""Documents made here, and ways to read and fill them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.fcpxml import FcpxmlFormat
from pickup.cut.model import Cut, CutFile, Item, ItemKind, Media, Raster
from pickup.cut.placement import Placement, TakeMedia

HD25 = '<format id="r1" frameDuration="1/25s" width="1920" height="1080"/>'
ASSET = (
    '<asset id="r2" name="A" start="100s" duration="200s" hasVideo="1" format="r1" hasAudio="1">'
    '<media-rep kind="original-media" src="file:///m/a%20b.mov"/></asset>'
)
SOUND = (
    '<asset id="r3" name="S" start="0s" duration="500s" hasAudio="1">'
    '<media-rep kind="original-media" src="file:///m/s.wav"/></asset>'
)
DISSOLVE = '<effect id="r4" name="Cross Dissolve" uid="FxPlug:4731E73A"/>'
TITLE = '<effect id="r5" name="Basic Title" uid=".../Basic Title.moti"/>'
RESOURCES = HD25 + ASSET + SOUND + DISSOLVE + TITLE


def build(
    spine: str,
    *,
    resources: str = RESOURCES,
    version: str = "1.10",
    sequence: str = 'format="r1" tcStart="0s" tcFormat="NDF"',
    extra: str = "",
) -> str:
    """A document with one project."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
        f'<fcpxml version="{version}">\n    <resources>{resources}</resources>\n'
        '    <library location="file:///L.fcpbundle/"><event name="E"><project name="P">\n'
        f"<sequence {sequence}><spine>{spine}</spine>{extra}</sequence>\n"
        "</project></event></library>\n</fcpxml>\n"
    )


class Desk:
    """Writes documents to a folder, reads and fills them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.format = FcpxmlFormat()

    def read_file(self, text: str | bytes, name: str = "cut.fcpxml") -> CutFile:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.format.read(path, ReadOptions())

    def read(self, spine: str, **options: Any) -> Cut:
        return self.read_file(build(spine, **options)).cuts[0]

    def items(self, spine: str, **options: Any) -> list[Item]:
        """Those of all video tracks, bottom first."""
        return [i for t in self.read(spine, **options).video_tracks for i in t.items]

    def fill(
        self, document: CutFile, placements: list[Placement], name: str = "out.fcpxml"
    ) -> tuple[bytes, Cut, list[str]]:
        """The bytes written, the cut read back, and the notes."""
        out = self.folder / name
        notes = self.format.write(document, document.cuts[0], placements, out, WriteOptions())
        return out.read_bytes(), self.format.read(out, ReadOptions()).cuts[0], notes


def placed(
    start: int,
    end: int,
    *,
    name: str = "SH010",
    track: int | None = None,
    takes: int = 1,
    rate: Fraction = Fraction(25),
    channels: int = 0,
    first: int = 5000,
    **options: Any,
) -> Placement:
    """A placement of takes of the right length, with eight frames of handles."""
    return Placement(
        start,
        end,
        name,
        tuple(
            TakeMedia(
                path=Path(f"/takes/{name} t{n + 1}.mov"),
                name=f"{name}_t{n + 1}",
                rate=rate,
                frames=end - start + 16,
                head=8,
                start=first,
                drop_frame=False,
                reel="PK010",
                raster=Raster(1920, 1080),
                audio_channels=channels,
                metadata={"schema": "pickup.clip/1", "shot": name, "take": n + 1, "prompt": "rain"},
            )
            for n in range(takes)
        ),
        track=track,
        **options,
    )


def clip(offset: str, duration: str, body: str = "", **attrs: str) -> str:
    """An `asset-clip` of the picture asset."""
    attrs = {"ref": "r2", "name": "A", "start": "100s", **attrs}
    more = "".join(f' {k}="{v}"' for k, v in attrs.items())
    return f'<asset-clip offset="{offset}" duration="{duration}"{more}>{body}</asset-clip>'


def gap(offset: str, duration: str, body: str = "") -> str:
    return f'<gap name="Gap" offset="{offset}" start="3600s" duration="{duration}">{body}</gap>'


def ranges(cut: Cut) -> list[list[tuple[int, int]]]:
    """Of each video track: where its visible kinds of item lie."""
    return [
        [(i.start, i.end) for i in track.items if i.kind is not ItemKind.HOLE]
        for track in cut.video_tracks
    ]


def media_of(item: Item) -> Media:
    assert item.media is not None
    return item.media


def nested_of(item: Item) -> Cut:
    assert item.nested is not None
    return item.nested
