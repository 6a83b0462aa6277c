"""Takes are made in a process of their own, at low priority: the panel only watches.

The job goes to the child's standard input and its news come back on the standard output, pickled;
nobody else can write to either. What the child does stands in the order book step by step, so it
may be killed at any time, and it stops by itself when the panel is gone.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from pickup.errors import PickupError
from pickup_ui.work.steps import Job, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence
    from typing import IO

    from pickup.fill.ordering import Wanted

_LOOK_SECONDS = 0.1
_SETTLED = frozenset({Phase.READY, Phase.FAILED, Phase.STOPPED})


@dataclass(frozen=True, slots=True)
class Command:
    """What the panel tells the child while it works.

    Attributes:
        call_off: the key of an order not to be made after all; empty means to stop.
    """

    call_off: str = ""


@dataclass(frozen=True, slots=True)
class Over:
    """The child's last word.

    Attributes:
        refusal: why it broke off; empty where it came to its end.
    """

    refusal: str = ""


def make_apart(
    job: Job,
    wanted: Sequence[Wanted],
    tell: Callable[[Step], None],
    should_stop: Callable[[], bool],
    called_off: Container[str] = frozenset(),
) -> None:
    """As `ordering.make`, in a child process; returns when that has ended.

    Raises:
        PickupError: nothing was ordered.
    """
    open_keys = {take.order.key: take for take in wanted if take.order is not None}
    asked, settled, over = set(open_keys), 0, None
    with _started() as child:
        hands = _Hands(child, should_stop, called_off, asked)
        hands.give(job)
        hands.give(len(wanted))
        # One by one, for pickling lets no other thread have its turn; without their providers,
        # which hold what cannot be sent.
        for take in wanted:
            hands.give(replace(take, cut=_bare(take.cut), provider=None))
        with hands:
            for said in _heard(cast("IO[bytes]", child.stdout)):
                if isinstance(said, Over):
                    over = said
                    break
                tell(said)
                if said.phase in _SETTLED and open_keys.pop(said.key, None) is not None:
                    settled += 1
    reason = over.refusal if over is not None else _ended_by_itself(child.returncode)
    if reason and not settled:
        raise PickupError(reason)
    for key, take in open_keys.items():
        assert take.order is not None
        phase = Phase.FAILED if reason else Phase.STOPPED
        tell(Step(take.shot.id, take.order.take, phase, None, reason, key=key))


def _bare(cut: Any) -> Any:
    """A cut without what is on it: a long one need not be sent to fit a take to its rate."""
    return replace(cut, tracks=[], markers=[], metadata={}, locator=None)


def _ended_by_itself(status: int) -> str:
    return (
        f"The process that makes takes has ended by itself (status {status}). "
        "Nothing is lost: order again, and it goes on where it was."
    )


def _started() -> subprocess.Popen[bytes]:
    """A child that imports what this process does, and leaves the screen its turn first."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # CREATE_NO_WINDOW and BELOW_NORMAL_PRIORITY_CLASS; elsewhere the child is nice by itself.
    flags = 0x08000000 | 0x00004000 if sys.platform == "win32" else 0
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "pickup_ui.work.maker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            creationflags=flags,
        )
    except OSError as error:
        raise PickupError(
            f"{sys.executable}: the process that makes takes does not start ({error.strerror})."
        ) from error


class _Hands:
    """Passes on to the child what the panel wants of it; leaving lets it end."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        should_stop: Callable[[], bool],
        called_off: Container[str],
        keys: set[str],
    ) -> None:
        self._should_stop, self._called_off, self._keys = should_stop, called_off, keys
        self._over = threading.Event()
        self._pipe = cast("IO[bytes]", child.stdin)
        self._thread = threading.Thread(target=self._watch, name="pickup-hands", daemon=True)

    def give(self, what: Job | int | Wanted | Command) -> None:
        # A child that is gone shows on its other pipe.
        with contextlib.suppress(OSError):
            self._pipe.write(pickle.dumps(what))
            self._pipe.flush()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        with contextlib.suppress(OSError):
            self._pipe.close()

    def _watch(self) -> None:
        passed: set[str] = set()
        while not self._over.wait(_LOOK_SECONDS):
            if self._should_stop():
                self.give(Command())
                return
            for key in [k for k in self._keys - passed if k in self._called_off]:
                passed.add(key)
                self.give(Command(key))


def _heard(pipe: IO[bytes]) -> Iterator[Step | Over]:
    """What the child says, until it is gone."""
    while True:
        try:
            yield pickle.load(pipe)
        except (EOFError, OSError, pickle.UnpicklingError):
            return
