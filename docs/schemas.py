"""Writes the JSON schemas of what Pickup persists: `python -m docs.schemas`."""

from __future__ import annotations

import json
from pathlib import Path

from pickup.shots.plan import Plan


def main() -> None:
    schema = Plan.model_json_schema(by_alias=True)
    path = Path(__file__).parent / "plan.schema.json"
    path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
