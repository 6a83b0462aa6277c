"""Where this host keeps what is its own, and what the user has set for it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from pickup.errors import RequestError
from pickup.home import home, settings, store
from pickup_premiere.otio_style import OtioStyle

_TABLE = "premiere"
_NAME = "Pickup Exchange"


class PremiereSettings(BaseModel):
    """`[premiere]` of `settings.toml`.

    Attributes:
        exchange: the folder that Premiere exports to; empty is one in Documents.
        media: the folder for copies of takes whose own paths Premiere may not read.
        document, only_pickups, own_track, otio: as in `ExchangeOptions`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    exchange: str = ""
    media: str = ""
    document: Literal["xml", "otio"] = "xml"
    only_pickups: bool = False
    own_track: bool = True
    otio: OtioStyle = Field(default_factory=OtioStyle)

    @field_validator("only_pickups")
    @classmethod
    def _in_xml(cls, value: bool, others: ValidationInfo) -> bool:
        """Told when a cut is opened, and not when its shots have been paid for."""
        if value and others.data.get("document") == "otio":
            raise ValueError('a bin of pickups is FCP7 XML: set document to "xml" with it')
        return value


def premiere_settings() -> PremiereSettings:
    """What the user has set for Premiere.

    Raises:
        RequestError: the settings cannot be read, or hold what they cannot.
    """
    try:
        return PremiereSettings.model_validate(settings().get(_TABLE, {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or _TABLE
        said = first["msg"].removeprefix("Value error, ")
        raise RequestError(f"{home() / 'settings.toml'}: [{_TABLE}] {name}: {said}.") from None


def exchange_folder() -> Path:
    """The folder that Premiere exports to: `exchange` of the settings, else in Documents.

    Raises:
        RequestError: the settings cannot be read.
    """
    named = premiere_settings().exchange
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / _NAME


def media_folder() -> Path:
    """Where copies of takes lie whose own paths Premiere may not read.

    Raises:
        RequestError: the settings cannot be read.
    """
    named = premiere_settings().media
    return Path(named).expanduser().absolute() if named else store() / "premiere_media"


def pairing_file() -> Path:
    """What is left of the token that pairs the panel in Premiere with this side."""
    return home() / "premiere" / "pairing"


def journal_file() -> Path:
    """The last placing in Premiere."""
    return home() / "premiere" / "place.json"


def panel_folder() -> Path:
    """The companion panel, for Adobe's developer tool."""
    return home() / "premiere" / "panel"


def panel_package() -> Path:
    """The companion panel, for Creative Cloud."""
    return home() / "premiere" / "Pickup.ccx"
