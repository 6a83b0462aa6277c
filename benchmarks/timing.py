"""Measures a command as a whole process, the best of a few runs."""

from __future__ import annotations

import subprocess
import sys
import time


def seconds(code: str, *arguments: str, runs: int = 3) -> float:
    """Wall-clock time of a Python process that runs `code`, imports and all."""
    best = float("inf")
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, *arguments], check=True)
        best = min(best, time.perf_counter() - started)
    return best
