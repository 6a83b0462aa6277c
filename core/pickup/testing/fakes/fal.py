"""fal's queue and storage, as fal-client 1.0.3 uses them."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from pickup.testing.fakes.server import Answer, Asked, Fake, FakeJob, Outcome, Refused

_REQUEST = "/([^/]+/[^/]+)/requests/([^/]+)"
KNOWN = {
    "fal-ai/veo3.1/fast/first-last-frame-to-video": (
        "prompt first_frame_url last_frame_url duration aspect_ratio resolution generate_audio "
        "negative_prompt seed",
        "prompt first_frame_url last_frame_url",
    ),
    "bytedance/seedance-2.0/image-to-video": (
        "prompt image_url end_image_url duration aspect_ratio resolution generate_audio seed",
        "prompt image_url",
    ),
    "fal-ai/flashvsr/upscale/video": ("video_url upscale_factor acceleration", "video_url"),
}
"""The fields that these models know, and need."""


class FakeFal(Fake):
    """The address of a job leaves the endpoint's sub-path out, as fal's does."""

    routes = (
        ("POST", "/storage/upload/initiate", "upload", "initiate"),
        ("PUT", "/put/([^/]+)", "put", "put"),
        ("GET", "/files/([^/]+)", "fetch", "file"),
        ("GET", _REQUEST + "/status", "poll", "status"),
        ("PUT", _REQUEST + "/cancel", "cancel", "cancel"),
        ("GET", _REQUEST, "result", "result"),
        ("POST", "/(.+)", "order", "create"),
    )

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.files: dict[str, bytes] = {}

    def authorised(self, asked: Asked) -> bool:
        """Films and storage slots are open to whoever knows their address."""
        open_to_all = asked.path.startswith(("/files/", "/put/"))
        return (
            open_to_all or not self.key or asked.headers.get("authorization") == f"Key {self.key}"
        )

    def error(self, status: int, code: str, message: str) -> Any:
        return {"detail": message, "error_type": code}

    def initiate(self, asked: Asked) -> Any:
        self.need(asked.json(), "file_name content_type", "file_name content_type")
        name = f"{uuid.uuid4().hex}.png"
        return {"upload_url": f"{self.root}/put/{name}", "file_url": f"{self.root}/files/{name}"}

    def put(self, asked: Asked, name: str) -> Any:
        self.files[name] = asked.body
        return {}

    def create(self, asked: Asked, model: str) -> Any:
        body = asked.json()
        if model in KNOWN:
            self.need(body, *KNOWN[model])
        if model.startswith("fal-ai/veo3.1") and body.get("duration", "8s") not in (
            *("4s", "6s", "8s"),
        ):
            raise Refused(422, self.error(422, "value_error", f"duration {body['duration']}"))
        for name, value in body.items():
            if name.endswith("_url"):
                self._check_url(value)
        job = self.accept(uuid.uuid4().hex, model, body.get("prompt", ""), body)
        below = "/".join(model.split("/")[:2]) + f"/requests/{job.id}"
        url = f"{self.url}/{below}"
        return {
            "status": "IN_QUEUE",
            "request_id": job.id,
            "response_url": url,
            "status_url": f"{url}/status",
            "cancel_url": f"{url}/cancel",
            "queue_position": 0,
        }

    def status(self, asked: Asked, app: str, job_id: str) -> Any:
        job = self.job(job_id)
        url = f"{self.url}/{app}/requests/{job.id}"
        facts: dict[str, Any] = {"request_id": job.id, "response_url": url}
        if job.cancelled:
            error = {"error": "Request was cancelled", "error_type": "request_cancelled"}
            return {**facts, "status": "COMPLETED", "logs": [], "metrics": {}, **error}
        if not self.finished(job):
            if job.outcome is Outcome.STRANGE and job.polls > 1:
                return {**facts, "status": "WARMING_UP"}
            return {**facts, "status": "IN_QUEUE", "queue_position": 0}
        facts |= {"status": "COMPLETED", "logs": [], "metrics": {"inference_time": 1.5}}
        if job.outcome is Outcome.FAILED:
            facts |= {"error": "The runner broke down", "error_type": "runner_error"}
        return facts

    def result(self, asked: Asked, app: str, job_id: str) -> Any:
        job = self.job(job_id)
        if job.outcome is Outcome.MODERATION:
            text = "The content could not be processed: flagged by a content checker."
            item = {"loc": ["body", "prompt"], "msg": text, "type": "content_policy_violation"}
            raise Refused(422, {"detail": [item]})
        if job.outcome is Outcome.NO_FILM:
            return {"seed": 1}
        return {"video": {"url": f"{self.root}/files/{job.id}", "content_type": "video/mp4"}}

    def cancel(self, asked: Asked, app: str, job_id: str) -> Any:
        self.job(job_id).cancelled = True
        return Answer(202, b'{"status": "CANCELLATION_REQUESTED"}')

    def file(self, asked: Asked, name: str) -> Answer:
        if name in self.files:
            return Answer(200, self.files[name], "image/png")
        job: FakeJob = self.job(name)
        if job.outcome is Outcome.EXPIRED:
            raise Refused(404, self.error(404, "not_found", "File is gone"))
        return self.film_answer()

    def _check_url(self, url: str) -> None:
        if url.startswith("data:image/png;base64,"):
            base64.b64decode(url.partition(",")[2], validate=True)
        elif url.removeprefix(f"{self.root}/files/") not in {*self.files, *self.jobs}:
            raise Refused(422, self.error(422, "file_download_error", "cannot read the file"))
