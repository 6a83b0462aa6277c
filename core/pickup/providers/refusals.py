"""Tells refusals apart, and says each as one sentence with the next step.

Vendors differ in status codes and names of errors, and agree in the words they use.
"""

from __future__ import annotations

import re
from typing import Any

from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.replies import dig, error_of, list_at, text_at, words_of

_WORDS: tuple[tuple[Refusal, str], ...] = (
    (
        Refusal.BALANCE,
        r"insufficient[ _](?:quota|credit|balance|fund)|billing|balance|payment|out of credit"
        r"|exhausted.{0,20}balance|budget_exceeded|top up",
    ),
    (
        Refusal.MODERATION,
        r"moderat|safety|prohibited|content[ _-]?(?:policy|filter|check)|policy[ _]violation"
        r"|violat\w* (?:\S+ ){0,4}(?:guideline|polic|terms|rules)|usage guidelines|flagged"
        r"|sensitive|nsfw|guardrail|responsible ai|\brai\b|blocked|copyright|public figure|minors"
        r"|celebrit|likeness|inappropriate|harmful",
    ),
    (Refusal.QUOTA, r"rate[ _-]?limit|too many requests|resource_exhausted|quota|concurren"),
    (Refusal.KEY, r"api[ _]?key|unauthori[sz]ed|unauthenticated|permission|forbidden|credential"),
    (Refusal.EXPIRED, r"expired"),
)
_BY_STATUS = {
    400: Refusal.UNSUPPORTED,
    401: Refusal.KEY,
    402: Refusal.BALANCE,
    403: Refusal.KEY,
    404: Refusal.UNSUPPORTED,
    405: Refusal.UNSUPPORTED,
    410: Refusal.EXPIRED,
    413: Refusal.UNSUPPORTED,
    415: Refusal.UNSUPPORTED,
    422: Refusal.UNSUPPORTED,
    429: Refusal.QUOTA,
    451: Refusal.MODERATION,
}
_FROM_WORDS = {400, 403, 404, 422, 429, None}
"""The statuses that vendors use for several kinds of refusal; None is a job that failed."""

_RESULT = r"output|generated|result|filtered"
_FRAMES = r"image|frame|face|picture|photo|input_reference|likeness|real people|person|minors?\b"


def kind_of(status: int | None, body: Any) -> Refusal:
    """What a refusal means, by an HTTP status (None: by a job that failed) and what it says."""
    usual = Refusal.FAILED if status is None else _BY_STATUS.get(status, Refusal.FAILED)
    if status in _FROM_WORDS:
        said = _all_words(body)
        for kind, pattern in _WORDS:
            if re.search(pattern, said, re.IGNORECASE):
                return kind
    return usual


def refuse(
    who: str,
    status: int | None,
    body: Any,
    *,
    about: str = "",
    kind: Refusal | None = None,
    retry_after: float | None = None,
    key_from: str = "",
) -> ProviderRefusal:
    """A provider's no, as the error that says it.

    Args:
        who: the provider's title.
        status: of the HTTP reply; None for a job that failed.
        body: the reply, or the job's error.
        about: the shot.
        key_from: where the key was found.
    """
    kind = kind or kind_of(status, body)
    said = words_of(body) or (body.strip() if isinstance(body, str) and "<" not in body else "")
    sentence = _sentence(kind, who, _all_words(body), key_from, retry_after)
    quoted = f" It said: “{said}”." if said else ""
    start = f"{about}: " if about else ""
    return ProviderRefusal(kind, start + sentence + quoted, detail=said, retry_after=retry_after)


def _sentence(kind: Refusal, who: str, said: str, key_from: str, retry_after: float | None) -> str:
    match kind:
        case Refusal.MODERATION:
            return _moderated(who, said)
        case Refusal.QUOTA:
            wait = f"wait {retry_after:.0f} seconds" if retry_after else "wait a while"
            return f"{who} has had too many requests with this key; {wait} and run again."
        case Refusal.BALANCE:
            return f"{who} says that the account has no credit left; top it up and run again."
        case Refusal.UNSUPPORTED:
            return (
                f"{who} cannot do what was asked; choose another model or length, "
                "“pickup models” shows what each can do."
            )
        case Refusal.KEY:
            where = f", found in {key_from}" if key_from else ""
            return f"{who} does not accept the key{where}; check it with “pickup doctor”."
        case Refusal.EXPIRED:
            return f"{who} no longer keeps the result; order another take of the shot."
        case Refusal.LOST:
            return (
                f"{who} does not know the job any more; run again to ask once more, or order "
                "another take of the shot."
            )
        case Refusal.UNREACHABLE:
            return f"{who} cannot be reached, and nothing was ordered; run again later."
        case _:
            return f"{who} could not make the shot; order it again, or change its words."


def _moderated(who: str, said: str) -> str:
    """Which input it was, as far as the provider says, and what to change."""
    of_input = re.search(r"input|prompt", said, re.IGNORECASE)
    if re.search(_RESULT, said, re.IGNORECASE) and not of_input:
        return f"{who} held back what it made; soften the words, or order another take."
    if re.search(_FRAMES, said, re.IGNORECASE):
        return f"{who} refused the frames that were sent; choose others, or order without frames."
    return f"{who} refused the words of the shot; change them and order again."


def _all_words(body: Any) -> str:
    """Codes and messages of a body as one text to search; nothing of a web page."""
    if isinstance(body, str):
        return "" if "<" in body else body[:4000]
    parts = [words_of(body)]
    for holder in (body, dig(body, "error"), dig(body, 0, "error")):
        for name in ("code", "status", "type", "param", "error_type", "failure_code"):
            parts.append(text_at(holder, name))
    details = [*list_at(body, "detail"), *list_at(error_of(body), "details")]
    for item in details[:8]:
        parts += [text_at(item, "type"), text_at(item, "reason")]
    return " ".join(parts)
