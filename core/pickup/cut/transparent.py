"""Things on a track that show nothing of their own: what is below them, or nothing, is seen.

Adjustment layers are known by the names that editors' programs give them, in the languages that
Premiere Pro and DaVinci Resolve come in. Premiere's “Transparent Video” is no adjustment: it is put
where a picture is to be drawn by an effect, and counts as one.
"""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"^\W*(adjustment[ _-]?(layer|clip)|einstellungsebene|anpassungs(ebene|clip)|calque d.effets?"
    r"|clip d.(effets?|ajuste\w*)|(capa|clip) de ajuste|camada de ajuste|clipe? de ajuste"
    r"|(livello|clip) di regolazione|корректирующий (слой|клип)"
    r"|調整(レイヤー|クリップ)|调整(图层|片段)|調整(圖層|片段)|조정 (레이어|클립)"
    r")\W*\d*\W*$",
    re.IGNORECASE,
)


def is_transparent_name(*names: str) -> bool:
    """Whether one of the names is that of an adjustment layer.

    Ask it of what has no file behind it: an editor may call a real clip anything.
    """
    return any(_NAMES.match(name) for name in names)
