"""Reads the catalog: the shipped tables, then the user's own over them."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pickup.errors import RequestError
from pickup.home import home
from pickup.providers.card import ModelCard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

ANY = "*"
"""The id of a card that stands for every model of its provider that has none of its own."""

Entry = dict[str, Any]


def cards(provider: str = "") -> tuple[ModelCard, ...]:
    """The models of one provider, or of all, in the order of the catalog; without the `*` ones."""
    return tuple(found for found in load() if found.id != ANY and provider in ("", found.provider))


def card(provider: str, model: str) -> ModelCard:
    """The card of a model; where it has none, the one that stands for any model of its provider.

    Raises:
        RequestError: the provider offers no such model; names those it offers.
    """
    known = {found.id: found for found in load() if found.provider == provider}
    if model in known:
        return known[model]
    if ANY in known and model:
        return known[ANY].model_copy(update={"id": model, "title": model})
    names = ", ".join(sorted(f"{provider}:{name}" for name in known if name != ANY))
    raise RequestError(
        f"{provider}:{model}: there is no such model. "
        + (f"Choose one of {names}." if names else "“pickup models” lists what there is.")
    )


def load() -> tuple[ModelCard, ...]:
    """All cards: the shipped ones, with the user's `catalog.toml` laid over them.

    Raises:
        RequestError: the user's file is no catalog; names the file and the entry.
    """
    own = home() / "catalog.toml"
    try:
        stamp = own.stat().st_mtime_ns
    except OSError:
        return _shipped()
    return _with_own(own, stamp)


@lru_cache(maxsize=1)
def _shipped() -> tuple[ModelCard, ...]:
    return tuple(ModelCard.model_validate(entry) for entry in _shipped_entries().values())


@lru_cache(maxsize=4)
def _with_own(path: Path, _stamp: int) -> tuple[ModelCard, ...]:
    """Cached by the file's time, so that an edit is seen and 500 shots read it once."""
    entries = dict(_shipped_entries())
    for number, own in enumerate(_own_entries(path), 1):
        key = (str(own.get("provider", "")), str(own.get("id", "")))
        entries[key] = {**entries.get(key, {}), **own}
        try:
            ModelCard.model_validate(entries[key])
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise RequestError(
                f"{path}: model {number} ({':'.join(key)}): {where}: {first['msg']}. "
                "Correct that entry, or remove the file to go back to the shipped catalog."
            ) from None
    return tuple(ModelCard.model_validate(entry) for entry in entries.values())


def _own_entries(path: Path) -> list[Entry]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RequestError(
            f"{path}: your catalog cannot be read ({error}). Correct or remove the file."
        ) from None
    models = data.get("model", [])
    if not isinstance(models, list) or not all(isinstance(entry, dict) for entry in models):
        raise RequestError(f"{path}: write every model of your catalog under “[[model]]”.")
    return models


def _shipped_entries() -> Mapping[tuple[str, str], Entry]:
    found = {}
    for provider, entry in _tables():
        found[provider, entry["id"]] = {"provider": provider, **entry}
    return found


def _tables() -> Iterable[tuple[str, Entry]]:
    """Each table is named after its provider."""
    folder = resources.files(__package__) / "data"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        for entry in tomllib.loads(file.read_text("utf-8"))["model"]:
            yield file.name.removesuffix(".toml"), entry
