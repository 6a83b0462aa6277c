"""Prints every benchmark: `python -m benchmarks`."""

from __future__ import annotations

import importlib

NAMES = ("planning", "xmeml", "prores", "jobs", "resolve_calls", "panel")


def main() -> None:
    for name in NAMES:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
        print(flush=True)


if __name__ == "__main__":
    main()
