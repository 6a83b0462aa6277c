"""What an editor's words say of each slot of a prompt, as far as a few rules can tell.

It is shown so that a person sees what is said and what is still open. Nothing is added to the
prompt by it: the words are sent as they are.
"""

from __future__ import annotations

import re

from pickup.shots.request import Prompt

_SIZES = (
    r"(?:extreme\s+|tight\s+|big\s+)?close(?:[\s-]?up)?|(?:very\s+|extreme\s+)?wide(?:\s+shot)?"
    r"|medium(?:\s+close[\s-]?up|\s+shot)?|long\s+shot|full\s+shot|two[\s-]shot|insert"
    r"|(?:over[\s-]the[\s-]shoulder|ots|pov|point\s+of\s+view|establishing|master|tracking|aerial"
    r"|drone|crane|top|reaction|profile)(?:\s+shot)?"
)
_MOVES = (
    r"(?:(?:very\s+)?(?:slow|slowly|quick|quickly|gentle|gently|fast|smooth|steady)\s+)?"
    r"(?:push(?:es|ing)?|dolly|dollies|track(?:s|ing)?|pan(?:s|ning)?|whip\s+pan|tilt(?:s|ing)?"
    r"|crane(?:s)?|boom(?:s)?|zoom(?:s|ing)?|pull(?:s|ing)?|truck(?:s)?|orbit(?:s|ing)?|arc(?:s)?)"
    r"(?:\s+(?:in|out|left|right|up|down|back|forward|past|around|along|over|across|away))+"
)
_CAMERA = re.compile(
    rf"\b(?:{_MOVES}|{_SIZES}|whip\s+pan|rack\s+focus|hand[\s-]?held|steadicam|locked[\s-]off"
    r"|static(?:\s+camera|\s+shot)?|on\s+(?:a\s+)?tripod|(?:low|high|dutch|eye[\s-]level)\s+angle"
    r"|bird'?s[\s-]eye(?:\s+view)?|shallow\s+focus|deep\s+focus|slow\s+motion|\d+\s*mm\s+lens)\b",
    re.IGNORECASE,
)
_FRAMED = re.compile(rf"^(?:{_SIZES})\s*(?:shot\s+)?(?:of|on|from|:)\s+", re.IGNORECASE)
_LIGHT = re.compile(
    r"\b(?:light(?:s|ing)?|lit|back[\s-]?lit|sun(?:light|set|rise|lit|shine)?|moon(?:light|lit)?"
    r"|dusk|dawn|golden\s+hour|blue\s+hour|magic\s+hour|twilight|night(?:fall)?|noon|midday|evening"
    r"|morning|afternoon|candle(?:light|lit)?|neon|lamps?|lantern|shadows?|silhouette[ds]?|overcast"
    r"|low[\s-]key|high[\s-]key|chiaroscuro|fire(?:light)?|glow(?:ing)?|haze|dark(?:ness)?)\b",
    re.IGNORECASE,
)
_STYLE = re.compile(
    r"\b(?:style|(?:8|16|35|65|70)\s*mm(?!\s+lens)|super\s*(?:8|16)|black[\s-]and[\s-]white|b&w"
    r"|noir|film\s+grain|grainy|anamorphic|kodak|fuji|technicolor|documentary|vhs|polaroid|animated"
    r"|animation|watercolou?r|desaturated|monochrome|sepia|bleach\s+bypass|vintage|photoreal\w*)\b",
    re.IGNORECASE,
)
_SLUG = re.compile(r"^\s*(?:INT|EXT|INT\.?/EXT|I/E)\.?\s+(.+?)(?:\s+[-–—]\s+(.+?))?\s*$")
_WHEN = re.compile(
    r"\s*\b((?:at|in|by|under)\s+(?:the\s+)?(?:dusk|dawn|night|noon|sunset|sunrise|twilight|golden"
    r"\s+hour|blue\s+hour|midday|morning|evening|moonlight|candlelight|rain))$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\s*\b((?:in|on|at|by|near|inside|outside|behind|beneath|under|over|above|along|across|through"
    r"|around|among|between|beside|in\s+front\s+of|on\s+top\s+of)\s+(?:(?:the|a|an|his|her|their|its|my"
    r"|our|some|two)\b|[A-Z]).*)$"
)
_DETERMINERS = re.compile(
    r"(?:the|an?|his|her|their|its|my|our|th[ie]s|that|these|those|some|two|three|no|every)$", re.I
)
_NEVER_VERBS = re.compile(
    r"(?:this|hers|across|towards|always|perhaps|gulls|hands|eyes|glass|dress|grass)$", re.I
)


def understood(words: str) -> Prompt:
    """The slots as the words fill them; a slot of which they say nothing is empty."""
    said: dict[str, list[str]] = {name: [] for name in Prompt.model_fields}
    words = re.sub(r"^\s*pickup:\s*", "", words[:4_000], flags=re.IGNORECASE)
    for line in words.splitlines():
        slug = _SLUG.match(line)
        if slug:
            said["place"].append(slug[1].strip())
            said["light"] += [slug[2].strip()] if slug[2] else []
            continue
        for clause in _clauses(line):
            _read(clause, said)
    return Prompt(**{name: ", ".join(parts) for name, parts in said.items()})


def _clauses(words: str) -> list[str]:
    parts = re.split(r"[,;]|\.(?:\s|$)|\s[-–—]\s(?=[a-z])", words)
    return [clause for part in parts if (clause := part.strip(" .\t\r"))]


def _read(clause: str, said: dict[str, list[str]]) -> None:
    framed = _FRAMED.match(clause)
    if framed:
        said["camera"].append(re.sub(r"(?:\s+of|\s*:)?\s*$", "", framed[0]))
        clause = clause[framed.end() :]
    elif camera := _CAMERA.search(clause):
        rest = (clause[: camera.start()] + clause[camera.end() :]).strip()
        said["camera"].append(camera[0].strip() if len(rest) > 12 else clause)
        if len(rest) <= 12:
            return
        clause = rest
    when = _WHEN.search(clause)
    if when:
        said["light"].append(when[1])
        clause = clause[: when.start()]
    if not clause:
        return
    for slot, pattern in (("style", _STYLE), ("light", _LIGHT)):
        if pattern.search(clause) and len(clause.split()) <= 6:
            said[slot].append(clause)
            return
    _who_and_where(clause, said)


def _who_and_where(clause: str, said: dict[str, list[str]]) -> None:
    verb = _verb(clause.split())
    tokens = clause.split()
    head, tail = (" ".join(tokens[:verb]), " ".join(tokens[verb:])) if verb else (clause, "")
    where = _PLACE.search(tail or head)
    if where:
        said["place"].append(where[1].strip())
        if tail:
            tail = tail[: where.start()].strip()
        else:
            head = head[: where.start()].strip()
    if head and said["subject"] and not tail:
        said["action"].append(head)
    elif head:
        said["subject"].append(head)
    if tail:
        said["action"].append(tail)


def _verb(tokens: list[str]) -> int:
    """Where the action begins: the first word that can be a verb, behind somebody; 0 if none."""
    for index, token in enumerate(tokens[1:], 1):
        word = re.sub(r"\W+$", "", token).lower()
        if _DETERMINERS.match(word) or _NEVER_VERBS.match(word) or not word.isalpha():
            continue
        if _DETERMINERS.match(tokens[index - 1]) and not word.endswith("ing"):
            continue
        if (word.endswith("s") and not word.endswith("ss") and len(word) > 3) or (
            word.endswith("ing") and len(word) > 4
        ):
            return index
    return 0
