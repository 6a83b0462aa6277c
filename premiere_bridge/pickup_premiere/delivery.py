"""Media where Premiere finds them: files under names and folders of plain ASCII letters.

Premiere's importers stumble over other letters in paths, each version in its own way. A take whose
path is plain stays where it is; another one is copied to a folder whose path is, under a name that
is made from its bytes, so that a file which an editor has cut in is never written again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pickup.errors import MediaError
from pickup.files import sha256_of, written_aside

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.cut.placement import Placement, TakeMedia

_SIDECAR = ".xmp"


_PLAIN = re.compile(r"[ -~]+")
"""Printable ASCII: what FCP7 XML takes."""
PLAINER = re.compile(r"[A-Za-z0-9_./\\: ]+")
"""For OTIO: dashes, dollar signs and quotes broke its paths in one build, 26.0 on Windows."""


def delivered_stem(name: str, sha256: str) -> str:
    """`pk010_t01_1a2b3c4d`: what a copy of the take `name` with these bytes is called."""
    return f"{name}_{sha256[:8]}"


@dataclass(slots=True)
class Delivery:
    """Takes as Premiere is to find them.

    Attributes:
        folder: for the copies; its own path must be plain, or takes stay where they are.
        plain: what a whole path must match to be left where it is.
        notes: what the user should know.
    """

    folder: Path
    plain: re.Pattern[str] = _PLAIN
    notes: list[str] = field(default_factory=list)

    def placement(self, placement: Placement) -> Placement:
        """The same placement, of media under plain paths.

        Raises:
            MediaError: a take's file is gone or cannot be copied.
        """
        takes = tuple(self.take(take) for take in placement.takes)
        return replace(placement, takes=takes)

    def take(self, take: TakeMedia) -> TakeMedia:
        if self.plain.fullmatch(str(take.path)):
            return take
        if not self.plain.fullmatch(str(self.folder.absolute())):
            self._note(
                f"The path of {take.path.name} holds letters that Premiere may not find again, and "
                f"so does {self.folder}; choose a folder of plain letters for Premiere's media."
            )
            return take
        try:
            if take.sequence_files:
                return self._images(take)
            stem = delivered_stem(take.name, sha256_of(take.path))
            target = self.folder / f"{stem}{take.path.suffix}"
            self._copy(take.path, target)
            sidecar = take.path.with_suffix(_SIDECAR)
            if sidecar.is_file():
                self._copy(sidecar, target.with_suffix(_SIDECAR))
        except OSError as error:
            raise MediaError(
                take.path,
                f"cannot be copied to {self.folder} ({error.strerror or error})",
                hint="Is the take still in its folder?",
            ) from error
        self._note(f"Copied to {self.folder}, whose path Premiere can read.")
        return replace(take, path=target.absolute())

    def _images(self, take: TakeMedia) -> TakeMedia:
        """All files of an image sequence, in a folder of their own, named by the bytes of all."""
        prefix, _, number = take.path.stem.rpartition(".")
        first, digits = int(number), len(number)
        tails = [
            f".{first + index:0{digits}d}{take.path.suffix}" for index in range(take.sequence_files)
        ]
        files = {tail: take.path.with_name(prefix + tail) for tail in tails}
        sha = hashlib.sha256("".join(map(sha256_of, files.values())).encode()).hexdigest()
        folder = self.folder / delivered_stem(take.name, sha)
        for tail, file in files.items():
            self._copy(file, folder / (take.name + tail))
        self._note(f"Copied to {self.folder}, whose path Premiere can read.")
        target = folder / f"{take.name}.{number}{take.path.suffix}"
        return replace(take, path=target.absolute())

    def _copy(self, source: Path, target: Path) -> None:
        """Once: the name is made from the bytes, so what is there whole is the same."""
        if target.is_file() and target.stat().st_size == source.stat().st_size:
            return
        with written_aside(target) as aside:
            shutil.copyfile(source, aside)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)
