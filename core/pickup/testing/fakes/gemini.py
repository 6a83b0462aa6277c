"""The Interactions API with its files, as strict as google-genai 3.4.0 shows it."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from pickup.testing.fakes.server import Answer, Asked, Fake, FakeJob, Outcome, Refused

_TASKS = {
    *("text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale"),
}


class FakeGemini(Fake):
    """Omni Flash with an API key under `/v1beta` or `/v1`, and on Agent Platform with a token."""

    prefix = "/v1beta"
    routes = (
        ("POST", "/interactions", "order", "create"),
        ("GET", "/interactions/([^/]+)", "poll", "get"),
        ("POST", "/interactions/([^/]+)/cancel", "cancel", "cancel"),
        ("DELETE", "/interactions/([^/]+)", "cancel", "delete"),
        ("GET", "/(files/[^/:]+)", "file", "file"),
        ("GET", "/files/([^/:]+):download", "fetch", "content"),
    )
    filing_polls = 0
    inline = False

    def authorised(self, asked: Asked) -> bool:
        return not self.key or asked.headers.get("x-goog-api-key") == self.key

    def error(self, status: int, code: str, message: str) -> Any:
        return {"error": {"code": status, "message": message, "status": code.upper()}}

    def create(self, asked: Asked) -> Any:
        body = asked.json()
        self.need(
            body,
            "model input background store generation_config response_format labels "
            "previous_interaction_id webhook_config stream",
            "model input",
        )
        texts = self._texts(body["input"])
        self._check_form(body.get("response_format") or {})
        self._check_config(body.get("generation_config") or {})
        if body.get("previous_interaction_id"):
            self.job(body["previous_interaction_id"])
        job = self.accept(f"v1_{uuid.uuid4().hex}", body["model"], " ".join(texts), body)
        return {"id": job.id, "status": "in_progress", "model": job.model, "object": "interaction"}

    def get(self, asked: Asked, job_id: str) -> Any:
        if job_id not in self.jobs:
            text = "Invalid interaction name"
            raise Refused(400, self.error(400, "invalid_argument", text), surprise=False)
        job = self.jobs[job_id]
        done = self.finished(job)
        facts = {"id": job.id, "model": job.model, "object": "interaction"}
        if job.cancelled:
            return {**facts, "status": "cancelled"}
        if not done:
            strange = job.outcome is Outcome.STRANGE and job.polls > 1
            return {**facts, "status": "contemplating" if strange else "in_progress"}
        return {**facts, **self._ended(job)}

    def cancel(self, asked: Asked, job_id: str) -> Any:
        self.job(job_id).cancelled = True
        return {"id": job_id, "status": "cancelled", "object": "interaction"}

    def delete(self, asked: Asked, job_id: str) -> Any:
        self.job(job_id)
        del self.jobs[job_id]
        return {}

    def file(self, asked: Asked, name: str) -> Any:
        self.job(name.removeprefix("files/"))
        state = "PROCESSING" if self.filing_polls else "ACTIVE"
        self.filing_polls = max(0, self.filing_polls - 1)
        return {"name": name, "mimeType": "video/mp4", "state": state}

    def content(self, asked: Asked, job_id: str) -> Answer:
        if self.job(job_id).outcome is Outcome.EXPIRED:
            raise Refused(404, self.error(404, "not_found", "File is gone"))
        return self.film_answer()

    def _ended(self, job: FakeJob) -> Any:
        if job.outcome is Outcome.FAILED:
            error = {"code": "internal", "message": "Something broke."}
            return {"status": "failed", "errors": [error]}
        inline = self.inline or _delivery(job) == "inline"
        if job.outcome is Outcome.EXPIRED and inline:
            error = {"code": "expired", "message": "The interaction has expired."}
            return {"status": "failed", "errors": [error]}
        thought = {"type": "thought", "signature": "abc"}
        if job.outcome is Outcome.MODERATION:
            text = {"type": "text", "text": "I can't make this: the image shows a real person."}
            return _completed([thought, {"type": "model_output", "content": [text]}])
        if job.outcome is Outcome.NO_FILM:
            return _completed([thought])
        film: dict[str, str] = {"type": "video", "mime_type": "video/mp4"}
        if inline:
            film["data"] = base64.b64encode(self.film).decode()
        else:
            film["uri"] = f"{self.url}/files/{job.id}:download?alt=media"
        return _completed([thought, {"type": "model_output", "content": [film]}])

    def _texts(self, value: Any) -> list[str]:
        """The texts of an input in any of its three shapes; images must be images."""
        if isinstance(value, str):
            return [value]
        blocks = [block for item in value for block in item.get("content", [item])]
        for block in blocks:
            known = {"text": "type text", "image": "type data uri mime_type"}
            self.need(block, known.get(block.get("type"), "type uri data mime_type"), "type")
            if "data" in block:
                base64.b64decode(block["data"], validate=True)
        texts = [block["text"] for block in blocks if block["type"] == "text"]
        images = sum(block["type"] == "image" for block in blocks)
        words = " ".join(texts)
        if "<LAST_FRAME>" in words and ("<FIRST_FRAME>" not in words or images < 2):
            raise Refused(400, self.error(400, "invalid_argument", "LAST_FRAME needs FIRST_FRAME"))
        return texts

    def _check_form(self, form: Any) -> None:
        self.need(form, "type aspect_ratio duration resolution delivery gcs_uri mime_type")
        duration = form.get("duration", "6s")
        good = (
            form.get("aspect_ratio", "16:9") in ("16:9", "9:16")
            and form.get("resolution", "720p") in ("360p", "720p", "1080p", "4k")
            and form.get("delivery", "uri") in ("inline", "uri")
            and isinstance(duration, str)
            and duration.endswith("s")
            and 3 <= float(duration[:-1]) <= 15
        )
        if not good:
            raise Refused(400, self.error(400, "invalid_argument", f"response_format: {form}"))

    def _check_config(self, config: Any) -> None:
        self.need(config, "seed video_config thinking_level")
        task = (config.get("video_config") or {}).get("task", "text_to_video")
        if task not in _TASKS:
            raise Refused(400, self.error(400, "invalid_argument", f"task {task}"))


class FakeGeminiPlatform(FakeGemini):
    """The same on Agent Platform: a project in the path, a token, films inline or in a bucket."""

    prefix = "/v1beta1/projects/p/locations/global"

    @property
    def url(self) -> str:
        return self.root + "/v1beta1"

    def authorised(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.key}"

    def _check_form(self, form: Any) -> None:
        super()._check_form(form)
        if form.get("delivery") == "uri" and "gcs_uri" not in form:
            raise Refused(400, self.error(400, "invalid_argument", "gcs_uri is needed"))


def _completed(steps: list[Any]) -> Any:
    return {"status": "completed", "steps": steps, "usage": {"output_tokens_by_modality": []}}


def _delivery(job: FakeJob) -> str:
    form = job.body.get("response_format") or {}
    return str(form.get("delivery", "inline"))
