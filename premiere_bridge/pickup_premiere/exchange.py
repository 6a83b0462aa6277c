"""The host that is a folder: what Premiere exports is read, and one file is written to import.

It needs nothing of Premiere but its File menu, and so it works with every version.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pickup.cut.files import open_cut_file
from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.placement import TRACK_NAME
from pickup.errors import CutError, PickupError
from pickup.files import unwritable
from pickup.fill.folder import check_out, default_out, is_ours, remember
from pickup.hosts.base import Written
from pickup.hosts.file import FileHost
from pickup_premiere.delivery import PLAINER, Delivery
from pickup_premiere.otio_style import OtioStyle, restyle
from pickup_premiere.places import media_folder, premiere_settings
from pickup_premiere.recall import recall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pickup.cut.model import Cut, CutFile
    from pickup.cut.placement import Placement
    from pickup.fill.placed import Recalled

_WRITING = WriteOptions(target="premiere")


@dataclass(frozen=True, slots=True)
class ExchangeOptions:
    """What is handed to Premiere.

    Attributes:
        document: `"xml"` is FCP7 XML, which every Premiere imports; `"otio"` is OTIO.
        only_pickups: instead of the whole sequence, a bin with the new clips and a short sequence
            of them alone, to be copied from. FCP7 XML only.
        own_track: all pickups on one new top track, instead of in the holes of the tracks.
        otio: the shape of OTIO; of no use for FCP7 XML.
        media_folder: for copies of takes whose paths Premiere may not read.
    """

    document: Literal["xml", "otio"] = "xml"
    only_pickups: bool = False
    own_track: bool = True
    otio: OtioStyle = field(default_factory=OtioStyle)
    media_folder: Path | None = None

    @classmethod
    def as_set(cls) -> ExchangeOptions:
        """As `[premiere]` of the user's settings has it.

        Raises:
            RequestError: the settings cannot be read.
        """
        said = premiere_settings()
        return cls(said.document, said.only_pickups, said.own_track, said.otio, media_folder())

    def delivery(self) -> Delivery:
        """How takes get to where Premiere finds them."""
        folder = self.media_folder or media_folder()
        return Delivery(folder, PLAINER) if self.document == "otio" else Delivery(folder)


@dataclass(frozen=True, slots=True)
class ExchangeHost:
    """A cut that Premiere has exported.

    Attributes:
        cut_path: the export, never touched.
        out: the file to write; None chooses `scene.filled.xml` beside the export.
    """

    cut_path: Path
    out: Path | None = None
    options: ExchangeOptions = field(default_factory=ExchangeOptions)
    reading: ReadOptions = field(default_factory=ReadOptions)
    name: str = "premiere"

    def read(self) -> CutFile:
        return open_cut_file(self.cut_path, self.reading)

    @property
    def track(self) -> str:
        return TRACK_NAME if self.options.own_track or self.options.only_pickups else ""

    def will_write(self) -> Path:
        return (self.out or default_out(self.cut_path, f".{self.options.document}")).absolute()

    def recall(self, cut: Cut) -> Recalled:
        """The shots made earlier, as they stand in the cut that was exported now."""
        return recall(self.cut_path, cut)

    def write(self, document: CutFile, placements: Mapping[int, Sequence[Placement]]) -> Written:
        """Write the file to import, whole or not at all.

        Raises:
            PickupError: a place is no longer free, a take is gone, or the folder is full.
        """
        delivery = self.options.delivery()
        wanted = {
            index: [self._placed(placement, delivery) for placement in clips]
            for index, clips in placements.items()
            if clips
        }
        if not wanted:
            return Written(None)
        out = self.will_write()
        if out == self.cut_path.absolute():
            raise CutError(out, "this is the cut itself", hint="Give the result another name.")
        check_out(self.cut_path, out)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".pickup-", dir=out.parent) as folder:
                aside = Path(folder) / out.name
                notes = self._write(document, wanted, aside)
                # Known before it is seen: the watch on this folder takes no result for an export.
                remember(self.cut_path, out, aside)
                aside.replace(out)
        except OSError as error:
            raise unwritable(out, error) from error
        return Written(out, tuple(dict.fromkeys([*delivery.notes, *notes])))

    def take_back(self, written: Written) -> None:
        """Remove the file that was written; what was imported of it, Premiere's undo takes out.

        Raises:
            PickupError: somebody has changed it since, or it cannot be removed.
        """
        if written.path is None or not written.path.exists():
            return
        if not is_ours(written.path, self.cut_path):
            raise PickupError(
                f"{written.path.name} has been changed since it was written, and is left alone."
            )
        try:
            written.path.unlink()
        except OSError as error:
            raise PickupError(
                f"{written.path.name} cannot be removed ({error.strerror}). Remove it by hand."
            ) from error

    def _placed(self, placement: Placement, delivery: Delivery) -> Placement:
        delivered = delivery.placement(placement)
        return replace(delivered, track=None) if self.options.own_track else delivered

    def _write(
        self, document: CutFile, wanted: Mapping[int, Sequence[Placement]], out: Path
    ) -> list[str]:
        if self.options.only_pickups:
            from pickup_premiere.pickup_bin import write_bin

            if out.suffix.lower() != ".xml":
                raise CutError(
                    out, "a bin of pickups is FCP7 XML", hint="Give it a name that ends in .xml."
                )
            return write_bin([(document.cuts[i], clips) for i, clips in wanted.items()], out)
        host = FileHost(self.cut_path, out, self.reading, _WRITING)
        notes = list(host.write(document, wanted).notes)
        if out.suffix.lower() == ".otio":
            restyle(out, self.cut_path.absolute().parent, self.options.otio)
        return notes
