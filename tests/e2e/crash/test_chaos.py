"""Forty kills, at every boundary of an order and at random instants: nothing paid twice or lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.e2e.crash.run_worker import ROOT

if TYPE_CHECKING:
    from pathlib import Path

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="the workers are forked")


def test_no_boundary_is_left_out() -> None:
    from tests.e2e.crash.chaos import BOUNDARIES

    sources = (ROOT / "core" / "pickup" / "jobs").glob("*.py")
    named = re.compile(r"boundary\(\"([^\"]+)\"\)")
    met = {name for path in sources for name in named.findall(path.read_text("utf-8"))}
    assert met == set(BOUNDARIES)


@forks
def test_no_kill_costs_money_or_takes(tmp_path: Path) -> None:
    paths = os.pathsep.join([str(ROOT / "core"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.crash.chaos", "--kills", "40", "--seed", "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    report = json.loads(done.stdout)
    assert report["kills"] >= 40
    assert len(report["boundaries"]) == 17, "every boundary was met and died at"
    assert report["front_ends"] > 0
    assert report["changed"] > 0, "takes made from older ones were among them"
    assert report["double_charges"] == []
    assert report["lost"] == []
    assert report["fetched"] + len(report["unknown"]) == report["orders"]
    assert report["fetched"] > report["orders"] // 2
    assert report["unknown"], "one at least died where nobody can tell"
    for reason in report["unknown"].values():
        assert "keeps no record" in reason
        assert "pickup jobs resolve" in reason
