"""The words on the screen, ready to be translated.

Every text that a person sees in the panel goes through `tr`, so that `lupdate` finds it and a
translator installed in the application is asked. Texts of the core (errors, reasons) are sentences
of their own and are shown as they come.
"""

from __future__ import annotations

from pickup_ui.qt import QCoreApplication


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, its `{names}` filled in afterwards."""
    translated = QCoreApplication.translate("pickup", text)
    return translated.format(**values) if values else translated


def counted(number: int, one: str, many: str) -> str:
    """`1 gap`, `3 gaps`; both texts hold `{n}`."""
    return tr(one if number == 1 else many, n=number)
