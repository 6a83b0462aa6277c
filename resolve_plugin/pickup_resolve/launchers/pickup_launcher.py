# ruff: noqa: UP006, UP035, UP045, SIM905
"""Pickup's entry in Resolve's menu Workspace > Scripts.

Resolve runs this file in its own Python, which may be 3.6 or 3.14 and has none of our packages.
So it uses the standard library alone: it lets Pickup's own process call Resolve over the loopback
interface, starts that process from Pickup's environment, and ends with it. Where that environment
is, `pickup install resolve` has written into a small JSON file.
"""

import collections
import contextlib
import hmac
import http.server
import importlib
import json
import logging
import logging.handlers
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

PROTOCOL = 2
MAX_BODY = 16 * 1024 * 1024
MAX_OBJECTS = 200000

# The few calls that Pickup makes; no other is passed on.
CALLS = frozenset(
    """
    GetProductName GetVersion GetCurrentPage OpenPage GetProjectManager GetCurrentProject
    SaveProject GetName GetUniqueId GetMediaPool GetCurrentTimeline GetTimelineCount
    GetTimelineByIndex SetCurrentTimeline ExportCurrentFrameAsStill GetRootFolder GetCurrentFolder
    SetCurrentFolder AddSubFolder GetSubFolderList GetClipList ImportMedia AppendToTimeline
    DeleteTimelines GetClipProperty SetClipProperty SetMetadata SetThirdPartyMetadata
    GetThirdPartyMetadata GetStart GetEnd GetLeftOffset GetMediaPoolItem GetClipColor SetClipColor
    AddFlag AddMarker GetMarkers AddTake GetTakesCount GetTakeByIndex GetSelectedTakeIndex
    SelectTakeByIndex DeleteTakeByIndex GetNodeGraph SetLUT SetCDL SetName GetStartFrame
    GetStartTimecode GetTrackCount GetTrackName SetTrackName AddTrack DeleteTrack GetIsTrackEnabled
    GetIsTrackLocked GetItemListInTrack DeleteClips SetClipsLinked DuplicateTimeline Export
    GetSetting GetMarkInOut GetCurrentTimecode GetCurrentVideoItem SetCurrentTimecode
    GetSelectedClips
    """.split()
)
CONSTANTS = frozenset(["EXPORT_OTIO", "EXPORT_NONE"])
PLAIN = (str, int, float, bool, type(None))

log = logging.getLogger("pickup.launcher")
shown: List[Any] = []  # dialogs that stand on the screen after we have gone on


def data_folder() -> Path:
    """The platform's folder for a user's data; the same as platformdirs names."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "pickup"
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "pickup"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "pickup"


def environment_file() -> Path:
    """Where the installer says where our environment is."""
    named = os.environ.get("PICKUP_RESOLVE_ENVIRONMENT")
    return Path(named) if named else data_folder() / "resolve-environment.json"


def session_file() -> Path:
    """Where a bridge that runs says how it is reached; only this user may read it."""
    return environment_file().with_name("resolve-bridge.json")


class Missing(Exception):
    """Our environment is not there; the text is for the user."""


def read_environment(path: Path) -> Dict[str, Any]:
    """What to start: {"command": [...], "home": "..."}."""
    again = "Run “pickup install resolve” in a terminal again."
    try:
        found = json.loads(path.read_text("utf-8"))
        python = found["command"][0]
        sound = all(isinstance(part, str) for part in found["command"])
    except OSError:
        raise Missing(
            f"Pickup is not installed for this user: {path} is missing. {again}"
        ) from None
    except (ValueError, LookupError, TypeError) as error:
        raise Missing(f"{path} cannot be read ({error}). {again}") from error
    if not sound or not Path(python).is_file():
        raise Missing(f"Pickup's Python is gone: there is no {python} any more. {again}")
    return dict(found)


def clean_environment(
    environ: Mapping[str, str], extra: Optional[Mapping[str, str]] = None
) -> Dict[str, str]:
    """The variables for our own process, without those that Resolve sets for its Python and Qt."""
    begins = ("PYTHON", "DYLD_", "QT_", "__PYVENV")
    cleaned = {
        name: value
        for name, value in environ.items()
        if not name.upper().startswith(begins) and name not in ("LD_LIBRARY_PATH", "LD_PRELOAD")
    }
    cleaned.update(extra or {})
    return cleaned


class Objects:
    """Resolve's objects by number; 0 is `resolve`. The oldest are forgotten first."""

    def __init__(self, resolve: Any) -> None:
        self.resolve = resolve
        self.known: Dict[int, Any] = collections.OrderedDict()
        self.last = 0

    def get(self, number: Any) -> Any:
        if number == 0:
            return self.resolve
        if number not in self.known:
            raise LookupError(f"the object {number!r} is forgotten; read the timeline again")
        return self.known[number]

    def pack(self, value: Any) -> Any:
        """A value as JSON can hold it."""
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, (list, tuple)):
            return [self.pack(one) for one in value]
        if isinstance(value, dict):
            return {"$dict": [[self.pack(key), self.pack(one)] for key, one in value.items()]}
        self.last += 1
        self.known[self.last] = value
        while len(self.known) > MAX_OBJECTS:
            del self.known[next(iter(self.known))]
        return {"$object": self.last}

    def unpack(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.unpack(one) for one in value]
        if isinstance(value, dict):
            if "$object" in value:
                return self.get(value["$object"])
            return {key: self.unpack(one) for key, one in value["$dict"]}
        return value

    def answer(self, question: Dict[str, Any]) -> Any:
        """Do one call: {"object": 0, "call": "GetVersion", "arguments": []}."""
        thing = self.get(question["object"])
        name = question["call"]
        if name == "dir":
            return [one for one in dir(thing) if one in CALLS]
        if name in CONSTANTS and question["object"] == 0:
            return self.pack(getattr(thing, name))
        if name not in CALLS:
            raise LookupError(f"{name} is not among the calls that the bridge passes on")
        arguments = [self.unpack(one) for one in question.get("arguments", [])]
        return self.pack(getattr(thing, name)(*arguments))


class Handler(http.server.BaseHTTPRequestHandler):
    """A request is a list of calls, done on the thread that the script runs on."""

    server_version = "Pickup"
    timeout = 5
    server: "Bridge"

    def do_POST(self) -> None:
        token = self.headers.get("X-Pickup-Token") or ""
        host = self.headers.get("Host") or ""
        if not hmac.compare_digest(token.encode("utf-8"), self.server.token.encode("utf-8")):
            self.reply(403, [{"error": "wrong token"}])
            return
        # A web page may send requests to loopback, but not under this name and without an origin.
        if host.rpartition(":")[0] != "127.0.0.1" or self.headers.get("Origin"):
            self.reply(403, [{"error": "wrong host"}])
            return
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if not 0 < length <= MAX_BODY:
                self.reply(413, [{"error": "too long"}])
                return
            questions = json.loads(self.rfile.read(length).decode("utf-8"))
            answers = [self.one(question) for question in questions]
        except (ValueError, TypeError) as error:
            self.reply(400, [{"error": f"not a list of calls: {error}"}])
            return
        self.reply(200, answers)

    def one(self, question: Dict[str, Any]) -> Dict[str, Any]:
        try:
            return {"value": self.server.objects.answer(question)}
        except Exception as error:  # noqa: BLE001
            # Whatever Resolve raises is the answer, and the bridge stays up.
            log.info("a call failed: %r", error)
            return {"error": f"{type(error).__name__}: {error}"}

    def reply(self, status: int, answers: List[Dict[str, Any]]) -> None:
        body = json.dumps(answers).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: stderr is not always there."""


class Bridge(http.server.HTTPServer):
    """Loopback only, on a free port, one request after the other."""

    request_queue_size = 16

    def __init__(self, resolve: Any) -> None:
        http.server.HTTPServer.__init__(self, ("127.0.0.1", 0), Handler)
        self.token = secrets.token_hex(24)
        self.objects = Objects(resolve)
        self.timeout: float = 0.25

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.info("a request broke off: %r", sys.exc_info()[1])

    def write_session(self, path: Path) -> None:
        """Tell this user's programs how to reach us."""
        said = {"protocol": PROTOCOL, "url": self.url, "token": self.token, "pid": os.getpid()}
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(str(aside), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(said, stream)
        aside.replace(path)


def run(resolve: Any, environment: Dict[str, Any]) -> int:
    """Serve until our process ends; its exit status."""
    bridge = Bridge(resolve)
    session = session_file()
    bridge.write_session(session)
    extra = {"PICKUP_RESOLVE_BRIDGE": str(session)}
    if environment.get("home"):
        extra["PICKUP_HOME"] = environment["home"]
    try:
        with (log_folder() / "panel.log").open("wb") as said:
            child = subprocess.Popen(
                environment["command"],
                env=clean_environment(os.environ, extra),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                close_fds=True,
            )
            while child.poll() is None:
                bridge.handle_request()
            return int(child.returncode)
    finally:
        bridge.server_close()
        with contextlib.suppress(OSError):
            session.unlink()


def log_folder() -> Path:
    folder = environment_file().with_name("logs")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def start_log() -> logging.Handler:
    """Log to a file: the console is seldom open, and fuscript's stdout cannot be flushed."""
    handler = logging.handlers.RotatingFileHandler(
        str(log_folder() / "launcher.log"), maxBytes=200000, backupCount=1
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    return handler


def dialogs(text: str) -> List[List[str]]:
    """Commands that show a message, best first, for this platform."""
    if sys.platform == "darwin":
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        script = f'display dialog "{quoted}" with title "Pickup" buttons {{"OK"}}'
        return [["osascript", "-e", script]]
    return [
        ["zenity", "--error", "--no-markup", "--title=Pickup", "--text=" + text],
        ["kdialog", "--title", "Pickup", "--error", text],
        ["xmessage", "-center", text],
    ]


def tell(text: str) -> None:
    """Show a message to the user: in a dialog where there is one, in the console, in the log."""
    log.error(text)
    with contextlib.suppress(OSError, ValueError, AttributeError, UnicodeError):
        print(f"Pickup: {text}")
    if os.name == "nt":
        import ctypes

        windows: Any = vars(ctypes)["windll"]
        windows.user32.MessageBoxW(None, text, "Pickup", 0x10)
        return
    for command in dialogs(text):
        try:
            shown.append(subprocess.Popen(command, env=clean_environment(os.environ)))
            return
        except OSError:
            continue


def find_resolve(names: Mapping[str, Any]) -> Any:
    """Resolve's object: among the script's own globals, or from its library."""
    found = names.get("resolve")
    if found is not None:
        return found
    app = names.get("app")
    if app is not None and "GetResolve" in dir(app):
        return app.GetResolve()
    try:
        library = importlib.import_module("DaVinciResolveScript")
    except ImportError:
        return None
    return library.scriptapp("Resolve")


def main(names: Mapping[str, Any]) -> int:
    """What the menu entry does; its exit status."""
    try:
        handler = start_log()
    except OSError as error:
        tell(f"Pickup could not be started ({error}).")
        return 1
    try:
        return start(names)
    except Missing as error:
        tell(str(error))
    except OSError as error:
        tell(f"Pickup could not be started ({error}).")
    finally:
        log.removeHandler(handler)
        handler.close()
    return 1


def start(names: Mapping[str, Any]) -> int:
    """Serve Resolve to our process until it ends."""
    log.info("Python %s", sys.version.split()[0])
    environment = read_environment(environment_file())
    resolve = find_resolve(names)
    if resolve is None:
        raise Missing("Start this from Workspace > Scripts in DaVinci Resolve.")
    began = time.time()
    status = run(resolve, environment)
    log.info("ended with %s", status)
    if status != 0 and time.time() - began < 30:
        where = log_folder() / "panel.log"
        raise Missing(f"Pickup ended at once ({status}). The reason stands in {where}.")
    return status


if __name__ == "__main__":
    main(globals())
