"""The user's own ComfyUI with the user's own workflow."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pickup.errors import ProviderError, RequestError
from pickup.home import home
from pickup.providers import catalog
from pickup.providers.addresses import is_loopback
from pickup.providers.base import (
    FoundJob,
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
)
from pickup.providers.comfyui_progress import ProgressLine
from pickup.providers.comfyui_workflow import REFERENCES, Workflow, read_workflow
from pickup.providers.downloads import download
from pickup.providers.http import LARGE
from pickup.providers.refusals import refuse
from pickup.providers.remote import PER_MINUTE, RemoteProvider, job_id_in, prompt_of
from pickup.providers.replies import dig, list_at, text_at, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pickup.providers.base import Order
    from pickup.providers.card import ModelCard
    from pickup.providers.catalog import Fit
    from pickup.providers.http import Client, Patience

_OURS = uuid.UUID("7c1f4c1e-2f0e-5b57-9a63-0d8c2b8b9d11")
_SAVES = re.compile(r"save\w*(?:video|webm|animated)|videocombine", re.IGNORECASE)
_FILMS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif", ".webp")
_WORKFLOW = "workflow"


class ComfyUIProvider(RemoteProvider):
    """Orders by `/prompt` with a job id of our own, made from the order's key.

    The model `workflow` is `comfyui/workflow.json` in `PICKUP_HOME`, or the file that
    `PICKUP_COMFYUI_WORKFLOW` names; every further `NAME.json` there is a model `NAME`. A
    `NAME.toml` beside it says which inputs to set, see `comfyui_workflow`. A server behind a proxy
    gets the key, if there is one, in the header that `PICKUP_COMFYUI_KEY_HEADER` names.
    """

    name = "comfyui"
    who = "ComfyUI"
    home_url = "http://127.0.0.1:8188"

    def __init__(
        self, environ: Mapping[str, str] | None = None, *, patience: Patience | None = None
    ) -> None:
        super().__init__(environ, patience=patience)
        self.local = is_loopback(self.base)
        own = self.setting("KEY_HEADER")
        self._header, self._scheme = (own, "") if own else (self.header, self.scheme)

    @cached_property
    def client(self) -> Client:
        """At most ten questions a second, however close by it is."""
        client = self.make_client(self.base, self.key, self._header, self._scheme)
        return replace(client, per_minute=client.per_minute or PER_MINUTE)

    def cards(self) -> Sequence[ModelCard]:
        """One for every workflow."""
        names = {path.stem for path in self._folder.glob("*.json")} | {_WORKFLOW}
        return tuple(self.card(name) for name in sorted(names, key=lambda n: (n != _WORKFLOW, n)))

    def card(self, model: str) -> ModelCard:
        usual = catalog.card(self.name, _WORKFLOW)
        title = usual.title if model == _WORKFLOW else model
        facts = {"id": model, "title": title, "local": self.local}
        try:
            inputs = self._workflow(model).inputs
        except RequestError:
            inputs = {}  # One that cannot be read is told of when it is asked for a film.
        if inputs:
            facts |= {
                "first_frame": "first_image" in inputs,
                "last_frame": "last_image" in inputs,
                "references": len(set(REFERENCES) & set(inputs)),
            }
        return usual.model_copy(update=facts)

    @property
    def question(self) -> str:
        return "system_stats"

    def submit(self, order: Order) -> str:
        card, asked = self.asked(order)
        job_id = self._job_id(order)
        if self._has(job_id):
            return job_id
        workflow = self._workflow(order.model)
        values = self._values(order, asked, workflow)
        for name, png in self.copies(order, asked, card).items():
            if f"{name}_image" in workflow.inputs:
                values[f"{name}_image"] = self._upload(order, name, png)
        given = [name for name in REFERENCES if name in workflow.inputs]
        for name, png in zip(given, self.pictures(order, card), strict=False):
            values[name] = self._upload(order, name, png)
        body = {
            "prompt": workflow.filled(values),
            "prompt_id": job_id,
            "client_id": _OURS.hex,
            "extra_data": {},
        }
        return self._post(order, body)

    def ask(self, job_id: str, order: Order) -> JobStatus:
        found = self._history(job_id)
        if found is None:
            waiting = self._in_queue(job_id)
            if waiting:
                return JobStatus(waiting, progress=self._progress(job_id, order))
            found = self._history(job_id)  # it may have ended between the two questions
        if found is None:  # the server may have been restarted
            return self.failed(order, "", Refusal.LOST)
        return self._ended(found, order)

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        film = dict(status.detail) or _film(self._history(job_id))
        if not film:
            raise ProviderRefusal(
                Refusal.LOST, f"{self.who} does not know the film any more; order the shot again."
            )
        return download(self.client, f"view?{urlencode(film)}", out, progress)

    def cancel(self, job_id: str, order: Order) -> bool:
        try:
            state = self._in_queue(job_id)
            if state is JobState.QUEUED:
                self.client.reply("tell", "POST", "queue", json={"delete": [job_id]})
            elif state is JobState.RUNNING:
                self.client.reply("tell", "POST", "interrupt", json={"prompt_id": job_id})
        except ProviderError:
            return False
        return state is not None

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        """By the id that the order has had from the start."""
        job_id = self._job_id(order)
        if self._history(job_id) is None and self._in_queue(job_id) is None:
            return []
        return [FoundJob(job_id, model=order.model, key=order.key)]

    @cached_property
    def _line(self) -> ProgressLine:
        address = "ws" + self.base.removeprefix("http").rstrip("/")
        return ProgressLine(f"{address}/ws?clientId={_OURS.hex}", self.client.own_headers())

    def _progress(self, job_id: str, order: Order) -> float | None:
        try:
            nodes = self._workflow(order.model).graph.values()
        except RequestError:  # it was moved since: how far it is cannot be told
            return None
        return self._line.of(job_id, sum("steps" in node["inputs"] for node in nodes))

    @property
    def _folder(self) -> Path:
        return home() / "comfyui"

    def _workflow(self, model: str) -> Workflow:
        own = self.setting("WORKFLOW")
        if model == _WORKFLOW and own:
            from pathlib import Path

            return read_workflow(Path(own).expanduser())
        return read_workflow(self._folder / f"{PurePosixPath(model).name}.json")

    def _values(self, order: Order, asked: Fit, workflow: Workflow) -> dict[str, Any]:
        request = order.request
        length = catalog.free_seconds(request)
        return {
            "prompt": prompt_of(order),
            "negative": request.negative,
            "width": workflow.raster(asked.width),
            "height": workflow.raster(asked.height),
            "frames": workflow.frames(length),
            "seed": order.seed,
        }

    def _upload(self, order: Order, name: str, png: bytes) -> str:
        """Put a frame on the server; the name that nodes know it by."""
        files = {"image": (f"{self._job_id(order)}-{name}.png", png, "image/png")}
        data = {"type": "input", "subfolder": "pickup", "overwrite": "true"}
        reply = self.client.call(
            "tell", "POST", "upload/image", about=order.request.id, files=files, data=data
        )
        kept, folder = text_at(reply, "name"), text_at(reply, "subfolder")
        if not kept:
            raise ProviderRefusal(
                Refusal.UNREACHABLE,
                f"{order.request.id}: {self.who} took no frame, and nothing was ordered.",
            )
        return f"{folder}/{kept}" if folder else kept

    def _post(self, order: Order, body: dict[str, Any]) -> str:
        shot = order.request.id
        reply = self.client.reply("order", "POST", "prompt", about=shot, json=body, fine=(400,))
        value = reply.value()
        if reply.status == 400 and not dig(value, "node_errors"):
            raise refuse(self.who, 400, value, about=shot)
        job_id = self.accepted(value, order, "prompt_id") if reply.good else ""
        if job_id and not _leaves_film_out(value, body["prompt"]):
            return job_id
        if job_id:
            self.cancel(job_id, order)
        raise ProviderRefusal(
            Refusal.UNSUPPORTED,
            f"{shot}: {self.who} cannot run the workflow “{order.model}”: {_why(value)}. "
            "Correct it in ComfyUI and export it again by “Export (API)”.",
            detail=_why(value),
        )

    def _history(self, job_id: str) -> Any:
        """What became of a job that has ended; None for any other."""
        path = f"history/{job_id_in(job_id)}"
        return dig(self.inquire(path, limit=LARGE), job_id)

    def _in_queue(self, job_id: str) -> JobState | None:
        queue = self.inquire("queue", limit=LARGE)
        for name, state in (
            ("queue_running", JobState.RUNNING),
            ("queue_pending", JobState.QUEUED),
        ):
            if any(text_at(entry, 1) == job_id for entry in list_at(queue, name)):
                return state
        return None

    def _ended(self, found: Any, order: Order) -> JobStatus:
        messages = {text_at(entry, 0): dig(entry, 1) for entry in _messages(found)}
        if "execution_interrupted" in messages:
            return JobStatus(JobState.CANCELLED)
        if text_at(found, "status", "status_str") == "error" or "execution_error" in messages:
            error = messages.get("execution_error")
            node, said = text_at(error, "node_type"), text_at(error, "exception_message")
            return self.failed(order, f"{node}: {said}" if node else said)
        film = _film(found)
        if not film:
            return self.without_film(order)
        return JobStatus(JobState.DONE, 1.0, detail=film)

    def _has(self, job_id: str) -> bool:
        """Whether the server is at a job already, or has made its film: it is not ordered twice."""
        try:
            return bool(_film(self._history(job_id))) or self._in_queue(job_id) is not None
        except ProviderError:  # the order itself will say what is wrong
            return False

    def _job_id(self, order: Order) -> str:
        return str(uuid.uuid5(_OURS, order.key))


def _messages(found: Any) -> list[Any]:
    return list_at(found, "status", "messages")


def _film(found: Any) -> dict[str, str]:
    """The film among the outputs of all nodes; those kept come before those for preview."""
    films = [entry for entry in _outputs(found) if _rank(entry) is not None]
    if not films:
        return {}
    best = min(films, key=lambda entry: _rank(entry) or (0, 0))
    return {name: text_at(best, name) for name in ("filename", "subfolder", "type")}


def _outputs(found: Any) -> Iterator[Any]:
    """Every entry that names a file, under whatever key a node has put it."""
    nodes = dig(found, "outputs")
    for node in nodes.values() if isinstance(nodes, dict) else ():
        for entries in node.values() if isinstance(node, dict) else ():
            for entry in entries if isinstance(entries, list) else ():
                if text_at(entry, "filename"):
                    yield entry


def _rank(entry: Any) -> tuple[int, int] | None:
    suffix = PurePosixPath(text_at(entry, "filename")).suffix.lower()
    if suffix not in _FILMS:
        return None
    return int(text_at(entry, "type") != "output"), _FILMS.index(suffix)


def _leaves_film_out(value: Any, graph: Mapping[str, Any]) -> bool:
    """Whether the server has accepted a workflow but for the nodes that save its film.

    It runs what it can, and says yes to the whole where only some outputs are at fault.
    """
    nodes = dig(value, "node_errors")
    faults = list(nodes.values()) if isinstance(nodes, dict) else []
    ignored = {str(number) for fault in faults for number in list_at(fault, "dependent_outputs")}
    savers = {number for number, node in graph.items() if _SAVES.search(node["class_type"])}
    return bool(savers) and savers <= ignored


def _why(value: Any) -> str:
    """What the server has against a workflow: the nodes at fault, or the whole."""
    nodes = dig(value, "node_errors")
    found = []
    for number, node in list(nodes.items())[:3] if isinstance(nodes, dict) else ():
        for error in list_at(node, "errors")[:2]:
            said = f"{text_at(error, 'message')} {text_at(error, 'details')}".strip()
            found.append(f"node {number} ({text_at(node, 'class_type')}): {said}")
    return "; ".join(found) or words_of(value)
