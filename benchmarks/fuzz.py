"""Spoils timelines at random and reads them: `make fuzz`.

A reader may give a cut or raise `PickupError`; anything else is a finding: another exception, a
crash, more than ten seconds, more than two gigabytes. What still reads is filled as well: the gap
must then be gone, or the refusal be a clean one.

    python -m benchmarks.fuzz [--seconds N] [--seed N] [--only SUFFIX] [--out FOLDER]
    python -m benchmarks.fuzz --replay FILE
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.mutations import mutate
from pickup.cut.files import open_cut_file, save_cut
from pickup.cut.gap import FILLED_KINDS
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Raster
from pickup.cut.placement import Placement, TakeMedia
from pickup.errors import PickupError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from pickup.cut.model import Cut

SUFFIXES = (".otio", ".xml", ".fcpxml", ".edl")
LARGEST_SEED = 400_000
MEMORY = 2 << 30
SECONDS_A_CASE = 10.0
CASES_A_WORKER = 400
FILL = GapOptions(kinds=FILLED_KINDS)


class FindingError(AssertionError):
    """What was read could be filled, but did not come out right."""


def try_document(path: Path) -> str:
    """Read a document, fill its first gap, read the result.

    Returns:
        What became of it: `refused`, `full`, `kept` (the fill was refused) or `filled`.
    """
    try:
        document = open_cut_file(path)
    except PickupError as error:
        _check_words(error)
        return "refused"
    for cut in document.cuts:
        gaps = find_gaps(cut, FILL).gaps
        if gaps:
            break
    else:
        return "full"
    gap = gaps[0]
    out = path.with_name("filled" + path.suffix)
    placement = Placement(gap.start, gap.end, gap.id, (_take(cut, gap.duration),), track=gap.track)
    try:
        save_cut(document, cut, [placement], out)
    except PickupError as error:
        _check_words(error)
        return "kept"
    again = _reread(out)
    number = next(n for n, one in enumerate(document.cuts) if one is cut)
    left = find_gaps(again[number], FILL).gaps
    if any(one.start < gap.end and gap.start < one.end for one in left):
        raise FindingError("the gap that was filled is still there")
    return "filled"


def _reread(out: Path) -> list[Cut]:
    try:
        return open_cut_file(out).cuts
    except PickupError as error:
        raise FindingError(f"what was written cannot be read: {error}") from error


def _check_words(error: PickupError) -> None:
    words = str(error)
    if len(words) > 2000 or "\n" in words or "Traceback" in words or "0x7f" in words:
        raise FindingError(f"a refusal that is no sentence: {words[:300]!r}")


def _take(cut: Cut, frames: int) -> TakeMedia:
    return TakeMedia(
        path=Path("/takes/g001.mov"),
        name="g001",
        rate=cut.rate,
        frames=frames,
        head=0,
        start=max(0, cut.start),
        drop_frame=cut.drop_frame,
        reel="PK001",
        raster=cut.raster or Raster(1920, 1080),
        audio_channels=2,
        metadata={"gap": "g001", "take": "t1"},
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case.

    Attributes:
        state: as `try_document` says it, or `error`, `hang` or `crash`.
        where: names a kind of finding, so that each is kept once.
        detail: the traceback.
    """

    state: str
    where: str = ""
    detail: str = ""


def _work(line: Connection) -> None:
    """The worker: bounded in memory, tries what it is sent, until nothing more comes."""
    _bound_memory()
    while True:
        path = line.recv()
        if path is None:
            return
        line.send(judged(Path(path)))


def judged(path: Path) -> Outcome:
    try:
        return Outcome(try_document(path))
    # Whatever it is that a reader lets out is the finding.
    except Exception as error:  # noqa: BLE001
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "pickup" in f.filename]
        last = frames[-1] if frames else None
        where = f"{Path(last.filename).stem}-{last.name}" if last else "outside"
        kind = type(error).__name__
        words = str(error)[:40] if isinstance(error, FindingError) else ""
        return Outcome("error", f"{kind}-{where}-{words}", "".join(traceback.format_exc(limit=-12)))


def _bound_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@dataclass(slots=True)
class Bench:
    """Keeps one worker alive and asks it; a worker that hangs or dies is replaced."""

    process: Any = None
    line: Any = None
    served: int = 0

    def ask(self, path: Path) -> Outcome:
        if self.process is None or self.served >= CASES_A_WORKER:
            self.stop()
            self._start()
        self.served += 1
        self.line.send(str(path))
        try:
            if self.line.poll(SECONDS_A_CASE):
                outcome: Outcome = self.line.recv()
                return outcome
        except (EOFError, ConnectionError):
            self.process.join()
            code = self.process.exitcode
            self.process = None
            return Outcome("crash", f"crash {code}", f"the worker ended with {code}")
        self.process.kill()
        self.process.join()
        self.process = None
        return Outcome("hang", f"hang {path.suffix}", f"longer than {SECONDS_A_CASE} s")

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.served = 0

    def stop(self) -> None:
        if self.process is not None:
            self.line.send(None)
            self.process.join(5)
            self.process.kill()
            self.process = None


@dataclass(slots=True)
class Campaign:
    """One run: what it tried, and what it found, kept once for each place in the code."""

    folder: Path
    seed: int
    counts: dict[str, int] = field(default_factory=dict)
    found: dict[str, Path] = field(default_factory=dict)

    def run(self, seeds: dict[str, list[tuple[str, bytes]]], seconds: float) -> None:
        bench = Bench()
        until = time.monotonic() + seconds
        number = 0
        with tempfile.TemporaryDirectory() as work:
            while time.monotonic() < until:
                chance = random.Random(f"{self.seed} {number}")
                suffix = chance.choice(sorted(seeds))
                name, data = chance.choice(seeds[suffix])
                case = Path(work) / f"case{suffix}"
                case.write_bytes(mutate(data, suffix, [d for _, d in seeds[suffix]], chance))
                outcome = bench.ask(case)
                self.counts[outcome.state] = self.counts.get(outcome.state, 0) + 1
                if outcome.detail:
                    self._keep(case, outcome, f"{name}, case {number} of seed {self.seed}")
                number += 1
        bench.stop()

    def _keep(self, case: Path, outcome: Outcome, origin: str) -> None:
        key = f"{case.suffix} {outcome.where}"
        kept = self.found.get(key)
        if kept is not None and kept.stat().st_size <= case.stat().st_size:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(key.encode()).hexdigest()[:10]
        path = self.folder / f"{outcome.state}-{name}{case.suffix}"
        path.write_bytes(case.read_bytes())
        again = f"python -m benchmarks.fuzz --replay {path}"
        text = f"{again}\nfrom {origin}\n\n{outcome.detail}\n"
        path.with_suffix(path.suffix + ".txt").write_text(text, "utf-8")
        if kept is None:
            print(f"{outcome.state}: {outcome.where}\n  {again}", flush=True)
        self.found[key] = path


def corpus_seeds(suffixes: tuple[str, ...]) -> dict[str, list[tuple[str, bytes]]]:
    """Documents of the corpus by suffix, those of our own where there is none."""
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    corpus = Path(os.environ.get("PICKUP_CORPUS", default)) / "timelines"
    seeds = own_seeds(suffixes)
    for path in sorted(corpus.rglob("*")) if corpus.is_dir() else []:
        suffix = path.suffix.lower()
        if suffix in seeds and path.is_file() and 0 < path.stat().st_size <= LARGEST_SEED:
            seeds[suffix].append((path.name, path.read_bytes()))
    return seeds


def own_seeds(suffixes: tuple[str, ...]) -> dict[str, list[tuple[str, bytes]]]:
    """A cut that holds every construct, as every format says it."""
    from tests.unit.formats_cross.constructs import everything

    from pickup.cut.model import CutFile

    seeds: dict[str, list[tuple[str, bytes]]] = {}
    cut = everything()
    with tempfile.TemporaryDirectory() as folder:
        for suffix in suffixes:
            out = Path(folder) / f"own{suffix}"
            save_cut(CutFile(Path(folder) / "none", "", [cut]), cut, [], out)
            seeds[suffix] = [(out.name, out.read_bytes())]
    return seeds


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0, help="0 takes one from the clock")
    parser.add_argument("--only", choices=SUFFIXES)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "pickup-fuzz")
    parser.add_argument("--replay", type=Path)
    given = parser.parse_args(arguments)
    if given.replay:
        outcome = judged(given.replay.absolute())
        print(outcome.state, outcome.detail)
        return 1 if outcome.detail else 0
    campaign = Campaign(given.out, given.seed or time.time_ns())
    campaign.run(corpus_seeds((given.only,) if given.only else SUFFIXES), given.seconds)
    said = ", ".join(f"{count} {state}" for state, count in sorted(campaign.counts.items()))
    print(f"seed {campaign.seed}: {said}; {len(campaign.found)} findings in {campaign.folder}")
    return 1 if campaign.found else 0


if __name__ == "__main__":
    sys.exit(main())
