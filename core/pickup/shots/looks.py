"""Looks: reusable parts of prompts, and who appears, so that shots match across a production.

A look is a small TOML file::

    style = "35 mm, Kodak 5219, shallow focus"
    light = "soft window light from the left, warm"
    camera = "slow push in"
    negative = "text, logos"
    references = ["kitchen.jpg"]
    lut = "Film Looks/Rec709 Kodak 2383 D65.cube"     # as DaVinci Resolve lists it
    cdl = { slope = [1.02, 1.0, 0.97], saturation = 0.9 }

    [[characters]]
    name = "Anna"
    words = "a woman of forty, grey coat, short dark hair"
    images = ["anna.png"]

Images lie beside the file, or are named by their whole paths.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pickup.errors import PlanError
from pickup.files import read_text, sha256_of
from pickup.shots.request import Cdl, Character, Prompt, Record, Reference

if TYPE_CHECKING:
    from pathlib import Path

_IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".exr", ".dpx")


class Look(Record):
    """Slots that fill what a shot's own prompt leaves open, who appears, and what must not.

    Attributes:
        characters: described in every shot whose words name them.
        references: pictures for every shot.
        lut, cdl: how the placed clips are graded, in hosts that know it.
    """

    subject: str = ""
    action: str = ""
    place: str = ""
    light: str = ""
    camera: str = ""
    style: str = ""
    negative: str = ""
    characters: tuple[Character, ...] = ()
    references: tuple[Reference, ...] = ()
    lut: str = ""
    cdl: Cdl | None = None

    def over(self, prompt: Prompt) -> Prompt:
        """`prompt` with its empty slots filled."""
        slots = {name: getattr(prompt, name) or getattr(self, name) for name in Prompt.model_fields}
        return Prompt(**slots)


def read_look(path: Path) -> Look:
    """Raises `PlanError` with file, place and reason."""
    try:
        return Look.model_validate(_with_images(tomllib.loads(read_text(path)), path))
    except FileNotFoundError:
        reason = "there is no such look file"
    except OSError as error:
        reason = f"the look cannot be read ({error.strerror})"
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"not a look: {where}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        reason = f"not a look, for it is not TOML ({error})"
    known = ", ".join(Look.model_fields)
    raise PlanError(f"{path.name}: {reason}. A look is a TOML file that has {known}.")


def _with_images(data: dict[str, Any], look: Path) -> dict[str, Any]:
    """The file's values, with what stands where images are named read as such."""
    found = dict(data)
    if "references" in found:
        found["references"] = _images(found["references"], look, "references")
    people = found.get("characters", [])
    if isinstance(people, list):
        found["characters"] = [
            who | {"images": _images(who["images"], look, str(who.get("name", "")))}
            if isinstance(who, dict) and "images" in who
            else who
            for who in people
        ]
    return found


def _images(names: Any, look: Path, what: str) -> Any:
    """Raises `PlanError` where an image is not there or no image."""
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        return names  # the validation says what is wrong with it
    return [_image(name, look, what) for name in names]


def _image(name: str, look: Path, what: str) -> dict[str, str]:
    try:
        path = (look.parent / name).expanduser().resolve()
        if path.suffix.lower() in _IMAGES:
            return {"name": path.name, "path": str(path), "sha256": sha256_of(path)}
        reason = "is none of " + ", ".join(_IMAGES)
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
    except ValueError:
        reason = "is no name of a file"
    raise PlanError(f"{look.name}: the image “{name}” of {what} {reason}. Correct its name.")
