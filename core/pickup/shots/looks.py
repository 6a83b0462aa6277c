"""Looks: reusable parts of prompts, so that shots match across a production.

A look is a small TOML file::

    style = "35 mm, Kodak 5219, shallow focus"
    light = "soft window light from the left, warm"
    camera = "slow push in"
    negative = "text, logos"
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pickup.errors import PlanError
from pickup.files import read_text
from pickup.shots.request import Prompt, Record

if TYPE_CHECKING:
    from pathlib import Path


class Look(Record):
    """Slots that fill what a shot's own prompt leaves open, and what must not be seen."""

    subject: str = ""
    action: str = ""
    place: str = ""
    light: str = ""
    camera: str = ""
    style: str = ""
    negative: str = ""

    def over(self, prompt: Prompt) -> Prompt:
        """`prompt` with its empty slots filled."""
        slots = {name: getattr(prompt, name) or getattr(self, name) for name in Prompt.model_fields}
        return Prompt(**slots)


def read_look(path: Path) -> Look:
    """Raises `PlanError` with file, place and reason."""
    try:
        return Look.model_validate(tomllib.loads(read_text(path)))
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
