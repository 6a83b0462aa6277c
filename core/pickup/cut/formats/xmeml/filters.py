"""The filters of an item: effects that are switched on, and whether they leave anything to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.cut.formats.xmeml.elements import child_of, is_false, number, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.cut.formats.xmeml.elements import Tree


def active_effects(filters: list[Tree]) -> Iterator[Tree]:
    """The effects of the filters that are switched on."""
    for each in filters:
        effect = child_of(each, "effect")
        if effect is not None and not is_false(text_of(each, "enabled")):
            yield effect


def parameter_name(parameter: Tree) -> str:
    """What a parameter is called, in lower case; its id is the surer name."""
    return (text_of(parameter, "parameterid") or text_of(parameter, "name")).lower()


def is_faded_out(filters: list[Tree]) -> bool:
    """Whether an item's opacity is 0 all along: the value is 0, and no key frame changes it."""
    return any(
        "keyframe" not in parameter and number(text_of(parameter, "value")) == 0
        for effect in active_effects(filters)
        if text_of(effect, "effectid").lower() == "opacity"
        for parameter in effect.get("parameter", [])
        if parameter_name(parameter) == "opacity"
    )
