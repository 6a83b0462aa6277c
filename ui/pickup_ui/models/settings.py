"""What the user has set: for this panel in `panel.json`, for all of Pickup in `settings.toml`."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, ValidationError

from pickup.cut.gap import DEFAULT_MIN_FRAMES, FILLED_KINDS
from pickup.cut.gaps import GapOptions
from pickup.cut.model import Raster
from pickup.errors import PickupError
from pickup.files import write_text
from pickup.fill.prepare import ShotSettings
from pickup.home import home, store
from pickup.media.spec import DELIVERIES, Deliver
from pickup.shots.looks import Look, read_look
from pickup.shots.request import Record
from pickup_ui.qt import QObject, Signal
from pickup_ui.strings import tr
from pickup_ui.work.opening import Preferences

if TYPE_CHECKING:
    from pickup.providers.keys import Secret

__all__ = ["DELIVERIES", "Kept", "Settings"]


_CATALOG = """\
# Your own catalog, laid over the one that ships with Pickup: what stands here counts.
# “pickup models” and the panel read it. Take the sign off the lines that you want.
#
# [[model]]
# provider = "gemini"
# id = "gemini-omni-1.2-flash"
# prices = { "720p" = "0.07", "1080p" = "0.105" }
"""


class Kept(Record):
    """`panel.json` of the home.

    Attributes:
        budget: USD that one order may cost, as text; empty is no limit.
        look: a look file; empty is none.
        sound: takes are heard when they are played.
        window: position and size, x y width height.
        sizes: of the panel's parts as dragged, in pixels, by part and arrangement.
        raster: picture size of new shots, width x height; empty is the cut's own.
        recent: cuts opened lately, newest first.
    """

    schema_: Literal["pickup.panel-settings/1"] = Field(
        default="pickup.panel-settings/1", alias="schema"
    )
    model: str = ""
    deliver: Deliver = "h264"
    budget: str = ""
    handles: int = Field(default=8, ge=0, le=240)
    takes: int = Field(default=1, ge=1, le=64)
    min_frames: int = Field(default=DEFAULT_MIN_FRAMES, ge=1)
    lettering: bool = True
    look: str = ""
    sound: bool = True
    on_top: bool = False
    window: tuple[int, int, int, int] | None = None
    sizes: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    raster: str = Field(default="", pattern=r"^([1-9]\d{2,3}x[1-9]\d{2,3})?$")
    recent: tuple[str, ...] = ()

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Settings(QObject):
    """The settings, read once and written when they change.

    Signals:
        changed: one or more are other than before.
        failed: a sentence for the user.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = home() / "panel.json"
        self.kept = self._read()

    def set(self, **changes: object) -> None:
        """Change some, and keep them."""
        try:
            kept = Kept.model_validate({**self.kept.model_dump(), **changes})
        except ValidationError as error:
            first = error.errors()[0]
            self.failed.emit(f"{first['loc'][0]}: {first['msg']}.")
            return
        if kept == self.kept:
            return
        self.kept = kept
        try:
            write_text(self._path, kept.model_dump_json(by_alias=True, indent=2) + "\n")
        except PickupError as error:
            self.failed.emit(str(error))
        self.changed.emit()

    def opened(self, cut: Path) -> None:
        """Remember a cut for the list of recent ones."""
        name = str(cut)
        others = [one for one in self.kept.recent if one != name]
        self.set(recent=(name, *others)[:8])

    def preferences(self) -> Preferences:
        """What holds for every cut; a look that cannot be read is told and left out."""
        kept = self.kept
        return Preferences(
            GapOptions(min_frames=kept.min_frames, kinds=FILLED_KINDS),
            ShotSettings(
                raster=_raster(kept.raster),
                model=kept.model,
                takes=kept.takes,
                handles=kept.handles,
                lettering=kept.lettering,
                look=self.look(),
            ),
        )

    @property
    def catalog_file(self) -> Path:
        """The user's own catalog; it need not exist."""
        return home() / "catalog.toml"

    def make_catalog(self) -> str:
        """Begin the user's own catalog where there is none; why it cannot be, or nothing."""
        if self.catalog_file.exists():
            return ""
        try:
            write_text(self.catalog_file, _CATALOG)
        except PickupError as error:
            return str(error)
        return ""

    def folders(self) -> dict[str, Path]:
        """Where things lie, by what they are."""
        return {tr("Settings and order book"): home(), tr("Delivered takes"): store()}

    def look(self) -> Look | None:
        if not self.kept.look:
            return None
        try:
            return read_look(Path(self.kept.look))
        except PickupError as error:
            self.failed.emit(str(error))
            return None

    @property
    def budget(self) -> Decimal | None:
        return amount(self.kept.budget)

    def month_cap(self) -> str:
        """The monthly cap of `settings.toml`, which the command line keeps to as well."""
        from pickup.home import settings

        try:
            return str(settings().get("month_usd", ""))
        except PickupError as error:
            self.failed.emit(str(error))
            return ""

    def set_month_cap(self, text: str) -> None:
        """Write it there, and leave the rest of that file as it is."""
        if text.strip() and amount(text) is None:
            self.failed.emit(tr("“{text}” is not an amount of dollars.", text=text))
            return
        path = home() / "settings.toml"
        try:
            old = path.read_text("utf-8") if path.exists() else ""
            write_text(path, with_setting(old, "month_usd", amount(text)))
        except (OSError, UnicodeDecodeError) as error:
            self.failed.emit(f"{path}: {error}.")
        except PickupError as error:
            self.failed.emit(str(error))
        self.changed.emit()

    def store_key(self, provider: str, secret: Secret) -> str:
        """Keep a key in the system's keyring; an empty text, or why not."""
        from pickup.providers.keys import store_key

        try:
            store_key(provider, secret)
        except PickupError as error:
            return str(error)
        self.changed.emit()
        return ""

    def forget_key(self, provider: str) -> None:
        from pickup.providers.keys import forget_key

        forget_key(provider)
        self.changed.emit()

    def _read(self) -> Kept:
        try:
            return Kept.model_validate(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, ValidationError):
            return Kept()


def _raster(text: str) -> Raster | None:
    width, _, height = text.partition("x")
    return Raster(int(width), int(height)) if height else None


def amount(text: str) -> Decimal | None:
    """Dollars from what a person types; None where it is no amount."""
    try:
        value = Decimal(text.strip().removeprefix("$").replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def with_setting(toml: str, key: str, value: Decimal | None) -> str:
    """A TOML text with one top-level number set, or removed; all other lines stay."""
    lines = [line for line in toml.splitlines() if not re.match(rf"\s*{key}\s*=", line)]
    if value is not None:
        first_table = next((i for i, s in enumerate(lines) if s.lstrip().startswith("[")), None)
        lines.insert(len(lines) if first_table is None else first_table, f"{key} = {value}")
    return "\n".join(lines) + "\n" if lines else ""
