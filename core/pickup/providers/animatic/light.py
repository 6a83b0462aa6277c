"""The words of light, and the colours they stand for. Data, and one function that reads it.

Colours are sRGB, muted as they would be on a graded frame: a slate stands in for a picture and
must not shout beside the real ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Light:
    """How a place without a picture is lit.

    Attributes:
        high, low: the backdrop at the top and where it meets the ground.
        ground: the ground at the bottom of the frame.
        glow: the colour of the pool of light.
        power: how strong that pool is, 0 to 1.
        height: where it lies, 0 at the top of the frame and 1 at its bottom.
        spread: its radius, in frame heights.
        inside: whether it is a room: a lower, softer line between wall and floor.
    """

    name: str
    high: Colour
    low: Colour
    ground: Colour
    glow: Colour
    power: float
    height: float
    spread: float
    inside: bool = False


def _light(
    name: str, colours: str, power: float, height: float, spread: float, inside: bool = False
) -> Light:
    """A light from its four colours (high, low, ground, glow) as a painter's list of hex codes."""
    codes = (bytes.fromhex(code) for code in colours.split())
    high, low, ground, glow = ((code[0], code[1], code[2]) for code in codes)
    return Light(name, high, low, ground, glow, power, height, spread, inside)


_LIGHTS: tuple[tuple[str, Light], ...] = (
    (
        r"candle\w*|fire\s?light|firelit|campfire|fireplace|hearth|by the fire|lantern\w*",
        _light("candle", "1a110d 301d13 0e0907 e8944a", 0.62, 0.66, 0.42, True),
    ),
    (
        r"neon|cyberpunk|night\s?club|sign light",
        _light("neon", "0e0e1c 261934 0a0d16 c4468a", 0.42, 0.58, 0.55),
    ),
    (
        r"moonlight|moonlit|moon|day[- ]for[- ]night",
        _light("moonlight", "121b2a 2c3c50 0b1018 b0c8e0", 0.40, 0.24, 0.46),
    ),
    (
        r"golden hour|magic hour|sunset|sundown|late afternoon|low sun|amber light",
        _light("golden hour", "5c677a ce9e6c 3a2c24 ffd48e", 0.66, 0.60, 0.50),
    ),
    (
        r"dusk|twilight|blue hour|evening|nightfall|gloaming",
        _light("dusk", "222e4a 866c70 181922 e2a07a", 0.40, 0.63, 0.48),
    ),
    (
        r"dawn|sunrise|daybreak|first light|early morning|morning",
        _light("dawn", "586c86 c8aea0 3a3a40 fadcbe", 0.52, 0.61, 0.52),
    ),
    (
        r"tungsten|lamp\w*|bulb|incandescent|warm interior|practicals?|street\s?lights?",
        _light("tungsten", "34271d 60452e 221812 ffc47a", 0.55, 0.38, 0.52, True),
    ),
    (
        r"night|midnight|darkness|in the dark|pitch dark",
        _light("night", "0c101a 202838 090b10 748aaa", 0.30, 0.62, 0.60),
    ),
    (
        r"fluorescent|office light|strip lights?|hospital|clinical|sterile",
        _light("fluorescent", "788480 9ea8a0 5c625e e2eee2", 0.42, 0.14, 0.62, True),
    ),
    (
        r"overcast|cloudy|clouds?|grey sky|gray sky|fog\w*|mist\w*|haze|hazy|rain\w*|drizzle"
        r"|snow\w*|storm\w*|diffused?|flat light",
        _light("overcast", "889096 b2b6b6 5c5f60 ced1d0", 0.30, 0.34, 0.80),
    ),
    (
        r"noon|midday|mid-day|harsh sun\w*|bright sun\w*|sunny|sunlight|sunlit|broad daylight"
        r"|high sun|daylight|sunshine",
        _light("noon", "608eb8 bcced6 8c806c fff8e2", 0.48, 0.16, 0.60),
    ),
    (
        r"window light|interior|int\.?|indoors|inside|kitchen|bedroom|living room"
        r"|hallway|corridor|room|restaurant|cafe|café|studio",
        _light("interior", "4e4a46 7a7268 342e29 e2d4be", 0.46, 0.40, 0.62, True),
    ),
    (
        r"exterior|ext\.?|outdoors|outside|day|afternoon|street|field|beach|sky|landscape",
        _light("day", "708aa2 bac2c2 646258 f0ecdc", 0.36, 0.30, 0.66),
    ),
)
PLAIN = Light(
    "plain", (62, 66, 71), (98, 101, 103), (44, 46, 48), (168, 168, 164), 0.34, 0.46, 0.66
)
"""Where the words name no light: grey, and of no hour."""

_READ = tuple((re.compile(rf"(?<![\w-])(?:{words})(?!\w)"), light) for words, light in _LIGHTS)


def read_light(*sources: str) -> Light:
    """The light that the words name; the first source that names any decides.

    Where one source names several, the more particular wins: a candle over the night around it.
    """
    for source in sources:
        text = " ".join(source.casefold().split())[:2_000]
        for pattern, light in _READ:
            if pattern.search(text):
                return light
    return PLAIN
