"""The words on the screen, and who has translated them.

Every text of the panel goes through `tr` or `counted`. They are gettext's own marks by other names:
`make strings` collects what they hold into `locale/pickup.pot`, from which a translator makes
`LANG/LC_MESSAGES/pickup.po` with any editor for such files, and from that a `.mo`. It is looked for
in `locale` beside this file and in Pickup's home. Texts of the core (errors, reasons) are sentences
of their own and are shown as they come.
"""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DOMAIN = "pickup"

_translation = gettext.NullTranslations()


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, its `{names}` filled in afterwards."""
    return _filled(_translation.gettext(text), text, values)


def counted(number: int, one: str, many: str) -> str:
    """`1 gap`, `3 gaps`; both texts hold `{n}`, and other languages have forms of their own."""
    plain = one if number == 1 else many
    return _filled(_translation.ngettext(one, many, number), plain, {"n": number})


def _filled(translated: str, plain: str, values: dict[str, object]) -> str:
    if not values:
        return translated
    try:
        return translated.format(**values)
    except (IndexError, KeyError, ValueError):
        # A translator has mistyped a name in braces: better English than none.
        return plain.format(**values)


def speak(languages: Sequence[str], folders: Sequence[Path] = ()) -> str:
    """Use the first language that there is a translation for.

    Args:
        languages: as `de-AT`, the most wanted first.
        folders: looked into before the panel's own.

    Returns:
        The language that is spoken from now on; empty where it is English, which needs none.
    """
    global _translation
    _translation = gettext.NullTranslations()
    for language in languages:
        # What is written in the panel needs no translation for those who read it.
        if language.partition("-")[0] == "en":
            return ""
        for folder in (*folders, Path(__file__).with_name("locale")):
            try:
                _translation = gettext.translation(DOMAIN, folder, [language.replace("-", "_")])
            except (OSError, UnicodeDecodeError, ValueError):
                continue  # There is none, or it is damaged.
            return language
    return ""
