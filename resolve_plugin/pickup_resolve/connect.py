"""The ways into a running Resolve, tried in order; which one it was, and why, is kept to be shown.

1. The menu script of a Resolve that is running it: a bridge on loopback.
2. External scripting, which only Studio has: its library is loaded here, after a child process has
   shown that this does not crash, as it does under interpreters that do not suit.

Free Resolve from 21.1 has neither; see `exchange`.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup_resolve import bridge
from pickup_resolve.api import Resolve
from pickup_resolve.errors import NoResolveError, ResolveError
from pickup_resolve.exchange import by_hand

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBE_SECONDS = 30.0

_LIBRARIES = {
    "darwin": (
        "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/"
        "fusionscript.so",
        "/Applications/DaVinci Resolve Studio.app/Contents/Libraries/Fusion/fusionscript.so",
    ),
    "win32": (r"C:\Program Files\Blackmagic Design\DaVinci Resolve\fusionscript.dll",),
    "linux": (
        "/opt/resolve/libs/Fusion/fusionscript.so",
        "/home/resolve/libs/Fusion/fusionscript.so",
    ),
}
_INTERFACES = {
    "darwin": "/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting",
    "win32": r"%PROGRAMDATA%\Blackmagic Design\DaVinci Resolve\Support\Developer\Scripting",
    "linux": "/opt/resolve/Developer/Scripting",
}

CALL_SECONDS = 180.0
"""For one call: a large project takes its time to save, and a dialog in Resolve answers nothing."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Resolve, and by which way it was reached, and why so, as a part of a sentence."""

    resolve: Resolve
    way: str


def connect() -> Connection:
    """Reach the Resolve that runs on this machine.

    Raises:
        NoResolveError: no way leads in; the sentence says what each came to.
    """
    address = bridge.Address.read(bridge.session_file())
    reasons = []
    if address is not None:
        try:
            resolve = Resolve.of(bridge.connect(address), bridge.batch)
            return Connection(resolve, f"through the menu script, which runs in {resolve.build}")
        except ResolveError as error:
            reasons.append(str(error))
    else:
        reasons.append("The menu script (Workspace ▸ Scripts ▸ Pickup) is not running.")
    try:
        resolve = Resolve.of(external(), patience=CALL_SECONDS)
    except ResolveError as error:
        reasons.append(str(error))
        raise NoResolveError(" ".join([*reasons, by_hand()])) from error
    why = (
        "since the menu script does not run" if address is None else "since its menu script is gone"
    )
    return Connection(resolve, f"by external scripting, {why}, in {resolve.build}")


def find_library(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ
) -> Path | None:
    """Resolve's scripting library: where RESOLVE_SCRIPT_LIB says, or where it is installed."""
    named = environ.get("RESOLVE_SCRIPT_LIB", "")
    candidates = (named,) if named else _LIBRARIES.get(platform, ())
    return next((Path(path) for path in candidates if Path(path).is_file()), None)


def external() -> Any:
    """`resolve` by external scripting.

    Raises:
        NoResolveError: there is no library, it does not suit this Python, or Resolve lets nobody
            in.
    """
    library = find_library()
    if library is None:
        raise NoResolveError("DaVinci Resolve's scripting library is not installed here.")
    _probe(library)
    resolve = load(library)
    if resolve is None:
        raise NoResolveError(
            "DaVinci Resolve is not running, or does not let us in: in Studio, set Preferences ▸ "
            "System ▸ General ▸ External scripting using to Local."
        )
    return resolve


def load(library: Path) -> Any:
    """Load the library into this process and ask it for Resolve; None where there is none.

    Raises:
        NoResolveError: it cannot be loaded.
    """
    _prepare(library)
    loader = None
    if library.suffix == ".dll":
        loader = importlib.machinery.ExtensionFileLoader("fusionscript", str(library))
    spec = importlib.util.spec_from_file_location("fusionscript", library, loader=loader)
    if spec is None or spec.loader is None:
        raise NoResolveError(f"{library} is not a library that Python can load.")
    try:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except (ImportError, OSError, SyntaxError) as error:
        raise NoResolveError(f"{library} cannot be loaded ({error}).") from error
    return module.scriptapp("Resolve")


def _prepare(library: Path) -> None:
    """Set what the library wants in the environment, so that nobody has to edit a shell."""
    interface = os.path.expandvars(_INTERFACES.get(sys.platform, ""))
    os.environ.setdefault("RESOLVE_SCRIPT_API", interface)
    os.environ.setdefault("RESOLVE_SCRIPT_LIB", str(library))
    # In a virtual environment the library would not find the Python that it belongs to.
    os.environ.setdefault("PYTHON3HOME", sys.base_prefix)
    if sys.platform == "win32":
        os.add_dll_directory(str(library.parent))


def _probe(library: Path) -> None:
    """Have a child process connect first: what crashes it would have crashed us."""
    command = [sys.executable, "-m", "pickup_resolve.probe", str(library)]
    # The child finds what we find, installed or not.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PROBE_SECONDS, check=False, env=environ
        )
    except subprocess.TimeoutExpired:
        raise NoResolveError(
            "DaVinci Resolve does not answer. Close any dialog that is open in it, then run again."
        ) from None
    if done.returncode == 0:
        return
    try:
        reason = json.loads(done.stdout)["reason"]
    except (ValueError, KeyError, TypeError):
        reason = (
            f"Resolve's library does not suit this Python ({sys.version.split()[0]} at "
            f"{sys.executable}; it ended with {done.returncode}). Install Pickup into a Python "
            "from python.org, or use the menu script."
        )
    raise NoResolveError(reason)
