"""A ComfyUI workflow as the user exported it, and which of its inputs Pickup sets.

Pickup knows `prompt`, `negative`, `first_image`, `last_image`, `reference_1` to `reference_3`,
`width`, `height`, `frames` and `seed`. Where each belongs stands in a TOML file of the workflow's
name beside it::

    [inputs]
    prompt = ["Positive", "text"]      # a node by title, number or class, and an input of it
    first_image = ["12", "image"]

    [film]
    rate = 16                          # what the workflow makes, frames a second
    step = 4                           # it makes lengths of step × n + 1 frames
    multiple = 16                      # its rasters are multiples of this

What the file leaves out is guessed from titles and classes.
"""

from __future__ import annotations

import copy
import json
import math
import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pickup.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Graph = dict[str, dict[str, Any]]
Place = tuple[str, str]
"""A node's number and the name of an input of it."""

REFERENCES = ("reference_1", "reference_2", "reference_3")
_IMAGES = ("first_image", "last_image", *REFERENCES)
NAMES = ("prompt", "negative", *_IMAGES, "width", "height", "frames", "seed")
_SAMPLES = ("seed", "noise_seed")
_LATTICES = {"Wan": (16, 4, 16), "LTXV": (24, 8, 32), "Hunyuan": (24, 4, 16)}
"""By the start of a class: frames a second, step of lengths, multiple of rasters."""


@dataclass(frozen=True)
class Workflow:
    """A workflow and its places.

    Attributes:
        graph: as exported.
        inputs: where each of our names belongs.
        rate, step, multiple: what it makes; see the module.
    """

    graph: Graph
    inputs: Mapping[str, Place]
    rate: Fraction = Fraction(24)
    step: int = 1
    multiple: int = 16
    path: str = field(default="", compare=False)

    def filled(self, values: Mapping[str, Any]) -> Graph:
        """The graph with `values` in their places; an image that is not given is taken out."""
        graph = copy.deepcopy(self.graph)
        for name, (node, slot) in self.inputs.items():
            if name in values:
                graph[node]["inputs"][slot] = values[name]
        for name in _IMAGES:
            if name in self.inputs and name not in values:
                _remove(graph, self.inputs[name][0])
        return graph

    def frames(self, seconds: Fraction) -> int:
        """The smallest length on the workflow's lattice that is not shorter."""
        least = max(1, math.ceil(seconds * self.rate))
        return math.ceil((least - 1) / self.step) * self.step + 1 if self.step > 1 else least

    def raster(self, pixels: int) -> int:
        return max(self.multiple, round(pixels / self.multiple) * self.multiple)


def read_workflow(path: Path) -> Workflow:
    """The workflow of a file, with the mapping beside it.

    Raises:
        RequestError: there is none, or it is not in the API format; says how to export it.
    """
    graph = _graph(path)
    told = _mapping(path.with_suffix(".toml"))
    places = dict(_guessed(graph))
    for name, value in _table(told, "inputs", path).items():
        places[name] = _place(graph, name, value, path)
    rate, step, multiple = _lattice(graph)
    film = _table(told, "film", path)
    try:
        return Workflow(
            graph=graph,
            inputs=places,
            rate=Fraction(str(film.get("rate", rate))),
            step=max(1, int(film.get("step", step))),
            multiple=max(1, int(film.get("multiple", multiple))),
            path=str(path),
        )
    except (ValueError, TypeError, ZeroDivisionError):
        raise RequestError(
            f"{path.with_suffix('.toml')}: rate, step and multiple under [film] are numbers."
        ) from None


def _graph(path: Path) -> Graph:
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RequestError(
            f"{path}: there is no workflow. In ComfyUI choose “Export (API)” and save it there, "
            "or name another file by PICKUP_COMFYUI_WORKFLOW."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(f"{path}: the workflow cannot be read ({error}).") from None
    if isinstance(data, dict) and "nodes" in data and "links" in data:
        raise RequestError(
            f"{path}: this is a workflow of ComfyUI's editor; export it by “Export (API)”."
        )
    if not isinstance(data, dict) or not data or not all(_is_node(node) for node in data.values()):
        raise RequestError(
            f"{path}: this is no workflow; export one from ComfyUI by “Export (API)”."
        )
    return data


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, dict)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), dict)
    )


def _mapping(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RequestError(f"{path}: cannot be read ({error}). Correct or remove it.") from None


def _table(told: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, dict):
        raise RequestError(f"{path.with_suffix('.toml')}: write [{name}] as a heading.")
    return table


def _place(graph: Graph, name: str, value: Any, path: Path) -> Place:
    """Where the user says that a name belongs: a node by title, number or class."""
    own = path.with_suffix(".toml")
    if name not in NAMES:
        raise RequestError(f"{own}: “{name}” is no input; there are {', '.join(NAMES)}.")
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)):
        raise RequestError(f"{own}: write {name} as a node and an input, [“Positive”, “text”].")
    wanted, slot = value
    for number, node in graph.items():
        if wanted in (number, _title(node), node["class_type"]):
            return number, slot
    raise RequestError(f"{own}: {name}: the workflow has no node called “{wanted}”.")


def _guessed(graph: Graph) -> Iterator[tuple[str, Place]]:
    """Places by titles that are one of our names, then by classes and what feeds what."""
    titled = {_title(node).lower().replace(" ", "_"): number for number, node in graph.items()}
    for name in NAMES:
        number = titled.get(name)
        slot = _slot(graph[number], name) if number else ""
        if number and slot:
            yield name, (number, slot)
        else:
            found = _by_wiring(graph, name)
            if found:
                yield name, found


def _slot(node: Mapping[str, Any], name: str) -> str:
    """The input of a node that takes a value of that name."""
    for slot in (name, *_SLOTS.get(name, ()), "value", "string", "int"):
        if slot in node["inputs"] and not isinstance(node["inputs"][slot], list):
            return slot
    return ""


_SLOTS = {
    "prompt": ("text", "prompt"),
    "negative": ("text", "prompt"),
    "first_image": ("image",),
    "last_image": ("image",),
    **dict.fromkeys(REFERENCES, ("image",)),
    "frames": ("length", "num_frames", "frames", "batch_size"),
    "seed": _SAMPLES,
}
_FED = {
    "prompt": ("positive",),
    "negative": ("negative",),
    "first_image": ("start_image", "first_image", "image"),
    "last_image": ("end_image", "last_image"),
}


def _by_wiring(graph: Graph, name: str) -> Place | None:
    """The node that feeds an input called so, or the first that has such an input itself."""
    if name in REFERENCES:
        return None  # nothing tells a reference from any other picture but its title
    if name in _FED:
        for feed in _FED[name]:
            for node in graph.values():
                source = node["inputs"].get(feed)
                if not (isinstance(source, list) and source and str(source[0]) in graph):
                    continue
                number = str(source[0])
                wanted = "LoadImage" if name in _IMAGES else "TextEncode"
                slot = _slot(graph[number], name)
                if wanted in graph[number]["class_type"] and slot:
                    return number, slot
        return None
    for number, node in graph.items():
        makes_film = "length" in node["inputs"] or "num_frames" in node["inputs"]
        if name == "seed" or makes_film:
            slot = _slot(node, name)
            if slot and slot not in ("value", "string", "int"):
                return number, slot
    return None


def _lattice(graph: Graph) -> tuple[Any, int, int]:
    """What the workflow makes, by its classes; its rate by the node that makes the film."""
    found = (24, 1, 16)
    for node in graph.values():
        for start, lattice in _LATTICES.items():
            if start in node["class_type"] and ("length" in node["inputs"]):
                found = lattice
    for node in graph.values():
        for slot in ("fps", "frame_rate"):
            rate = node["inputs"].get(slot)
            if isinstance(rate, int | float) and not isinstance(rate, bool) and rate > 0:
                return rate, found[1], found[2]
    return found


def _title(node: Mapping[str, Any]) -> str:
    meta = node.get("_meta")
    title = meta.get("title", "") if isinstance(meta, dict) else ""
    return title if isinstance(title, str) else ""


def _remove(graph: Graph, number: str) -> None:
    """Take a node out with every link to it."""
    graph.pop(number, None)
    for node in graph.values():
        for slot, value in list(node["inputs"].items()):
            if isinstance(value, list) and value and str(value[0]) == number:
                del node["inputs"][slot]
