"""ComfyUI's routes as version 0.3.64 answers them, with a handful of its nodes."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

from PIL import Image

from pickup.testing.fakes.server import Answer, Asked, Fake, FakeJob, Live, Outcome, Refused

NODES = {
    "LoadImage": ("image",),
    "CLIPTextEncode": ("text", "clip"),
    "CLIPLoader": ("clip_name",),
    "UNETLoader": ("unet_name",),
    "VAELoader": ("vae_name",),
    "WanFirstLastFrameToVideo": (
        *("positive", "negative", "vae", "width", "height", "length", "batch_size"),
    ),
    "KSampler": ("model", "seed", "steps", "positive", "negative", "latent_image"),
    "VAEDecode": ("samples", "vae"),
    "CreateVideo": ("images", "fps"),
    "SaveVideo": ("video", "filename_prefix", "format", "codec"),
}
"""Classes and the inputs that they need."""


class FakeComfyUI(Fake):
    """Honours a job id of the client's own; puts a film under `images`, as SaveVideo does."""

    routes = (
        ("POST", "/prompt", "order", "prompt"),
        ("GET", "/history/([^/]+)", "poll", "history"),
        ("GET", "/queue", "queue", "queue"),
        ("POST", "/queue", "cancel", "delete"),
        ("POST", "/interrupt", "cancel", "interrupt"),
        ("POST", "/upload/image", "upload", "upload"),
        ("GET", "/view", "fetch", "view"),
        ("GET", "/system_stats", "models", "stats"),
        ("GET", "/ws", "live", "live"),
    )
    output_key = "images"

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.images: dict[str, bytes] = {}

    def error(self, status: int, code: str, message: str) -> Any:
        return {"error": {"type": code, "message": message, "details": "", "extra_info": {}}}

    def upload(self, asked: Asked) -> Any:
        form = asked.form()
        name, data = form["image"]
        with Image.open(io.BytesIO(data)) as image:
            image.load()
        folder = form.get("subfolder", ("", b""))[1].decode()
        self.images[f"{folder}/{name}" if folder else name] = data
        return {"name": name, "subfolder": folder, "type": "input"}

    def prompt(self, asked: Asked) -> Any:
        body = asked.json()
        self.need(
            body,
            "prompt client_id prompt_id extra_data number front partial_execution_targets",
            "prompt",
        )
        faults = {n: f for n, node in body["prompt"].items() if (f := self._faults(node, body))}
        if faults:
            kind = "prompt_outputs_failed_validation"
            error = self.error(400, kind, "Prompt outputs failed validation")
            raise Refused(400, {**error, "node_errors": faults}, surprise=False)
        job_id = body.get("prompt_id") or str(uuid.uuid4())
        self.accept(job_id, "workflow", "", body)
        return {"prompt_id": job_id, "number": len(self.jobs), "node_errors": {}}

    def history(self, asked: Asked, job_id: str) -> Any:
        job = self.jobs.get(job_id)
        if job is None or not (job.cancelled or self.finished(job)):
            return {}
        return {job_id: self._entry(job)}

    def queue(self, asked: Asked) -> Any:
        waiting = [job for job in self.jobs.values() if not job.cancelled and not self._over(job)]
        entries = [[n, job.id, job.body["prompt"], {}, []] for n, job in enumerate(waiting)]
        return {"queue_running": entries[:1], "queue_pending": entries[1:]}

    def delete(self, asked: Asked) -> Answer:
        for job_id in asked.json()["delete"]:
            self.jobs.pop(job_id, None)
        return Answer(200, b"")

    def interrupt(self, asked: Asked) -> Answer:
        self.job(asked.json()["prompt_id"]).cancelled = True
        return Answer(200, b"")

    def stats(self, asked: Asked) -> Any:
        return {"system": {"comfyui_version": "0.3.64"}, "devices": []}

    def view(self, asked: Asked) -> Answer:
        if asked.query.get("filename") != "gap_00001_.mp4" or self._expired():
            raise Refused(404, self.error(404, "not_found", "no such file"))
        return self.film_answer()

    def live(self, asked: Asked) -> Live:
        """Half of the steps of every job are done; and a picture of it, as bytes."""
        nodes = {"3": {"value": 10, "max": 20, "state": "running"}, "7": {"value": 1, "max": 1}}
        said: list[str | bytes] = [
            json.dumps({"type": "status", "data": {"sid": "x"}}),
            b"\x00\x01",
        ]
        for job in self.jobs.values():
            data = {"prompt_id": job.id, "nodes": nodes}
            said.append(json.dumps({"type": "progress_state", "data": data}))
        return Live(messages=tuple(said))

    def _over(self, job: FakeJob) -> bool:
        return job.polls > self.polls + (2 if job.outcome is Outcome.STRANGE else 0)

    def _expired(self) -> bool:
        return any(job.outcome is Outcome.EXPIRED for job in self.jobs.values())

    def _entry(self, job: FakeJob) -> Any:
        messages: list[Any] = [["execution_start", {"prompt_id": job.id}]]
        if job.cancelled:
            messages.append(["execution_interrupted", {"prompt_id": job.id}])
            return _ended("error", messages, {})
        if job.outcome in (Outcome.FAILED, Outcome.MODERATION):
            text = "CUDA out of memory" if job.outcome is Outcome.FAILED else "NSFW content"
            fault = {"node_id": "8", "node_type": "KSampler", "exception_message": text}
            return _ended("error", [*messages, ["execution_error", fault]], {})
        film = {"filename": "gap_00001_.mp4", "subfolder": "pickup", "type": "output"}
        still = {"filename": "still_00001_.png", "subfolder": "", "type": "temp"}
        outputs: dict[str, Any] = {"9": {"images": [still]}}
        if job.outcome is not Outcome.NO_FILM:
            outputs["10"] = {self.output_key: [film], "animated": [True]}
        return _ended("success", messages, outputs)

    def _faults(self, node: Any, body: Any) -> Any:
        """What ComfyUI would find wrong with a node; None where nothing is."""
        kind, inputs = node["class_type"], node["inputs"]
        faults = []
        if kind not in NODES:
            faults.append({"type": "invalid_prompt", "message": f"unknown node {kind}"})
        for name in NODES.get(kind, ()):
            if name not in inputs:
                faults.append(_fault("required_input_missing", "Required input is missing", name))
        if kind == "LoadImage" and inputs.get("image") not in self.images:
            faults.append(_fault("custom_validation_failed", "Invalid image file", "image"))
        for value in inputs.values():
            if isinstance(value, list) and str(value[0]) not in body["prompt"]:
                faults.append(_fault("bad_linked_input", "Bad linked input", str(value[0])))
        if not faults:
            return None
        return {"errors": faults, "dependent_outputs": [], "class_type": kind}


def _fault(kind: str, message: str, details: str) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": {}}


def _ended(status: str, messages: list[Any], outputs: Any) -> Any:
    return {
        "prompt": [],
        "outputs": outputs,
        "status": {"status_str": status, "completed": status == "success", "messages": messages},
        "meta": {},
    }
