"""The `/v1/videos` protocol as its published specification has it."""

from __future__ import annotations

import io
import time
import uuid
from typing import Any

from PIL import Image

from pickup.testing.fakes.server import Asked, Fake, FakeJob, Outcome, Refused


class FakeOpenAIVideos(Fake):
    """Multipart or JSON; an `input_reference` must match `size`; finished jobs can be deleted.

    With `lists=False` it keeps no list, like some of the servers that speak the protocol.
    """

    prefix = "/v1"
    routes = (
        ("POST", "/videos", "order", "create"),
        ("GET", "/videos", "list", "list"),
        ("GET", "/models", "models", "models"),
        ("POST", "/videos/edits", "order", "edit"),
        ("POST", "/videos/extensions", "order", "extend"),
        ("POST", "/videos/([^/]+)/remix", "order", "remix"),
        ("GET", "/videos/([^/]+)", "poll", "get"),
        ("GET", "/videos/([^/]+)/content", "fetch", "content"),
        ("DELETE", "/videos/([^/]+)", "cancel", "delete"),
    )
    lists = True
    served: tuple[str, ...] = ("sora-2", "sora-2-pro")

    def models(self, asked: Asked) -> Any:
        entries = [{"id": name, "object": "model", "owned_by": "fake"} for name in self.served]
        return {"object": "list", "data": entries}

    def create(self, asked: Asked) -> Any:
        body = self._fields(asked)
        self.need(body, "prompt model seconds size input_reference", "prompt")
        self._check(body)
        return self._object(self._take(body))

    def edit(self, asked: Asked) -> Any:
        body = self._fields(asked)
        self.need(body, "prompt video model", "prompt video")
        return self._object(self._take({**body, "model": self._model_of(body["video"])}))

    def extend(self, asked: Asked) -> Any:
        body = self._fields(asked)
        self.need(body, "prompt seconds video", "prompt seconds video")
        return self._object(self._take({**body, "model": self._model_of(body["video"])}))

    def _model_of(self, video: Any) -> str:
        """Of a film that is changed: one of its own by id, or one that was uploaded."""
        return "sora-2" if isinstance(video, bytes) else self.job(video["id"]).model

    def remix(self, asked: Asked, job_id: str) -> Any:
        self.need(asked.json(), "prompt", "prompt")
        body = {**asked.json(), "model": self.job(job_id).model, "remixed": job_id}
        return self._object(self._take(body))

    def list(self, asked: Asked) -> Any:
        if not self.lists:
            raise Refused(405, self.error(405, "method_not_allowed", "no list"))
        newest = sorted(self.jobs.values(), key=lambda job: -job.created)
        after = asked.query.get("after")
        ids = [job.id for job in newest]
        start = ids.index(after) + 1 if after in ids else 0
        limit = int(asked.query.get("limit", "20"))
        page = newest[start : start + limit]
        return {
            "object": "list",
            "data": [self._object(job) for job in page],
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
            "has_more": start + limit < len(newest),
        }

    def get(self, asked: Asked, job_id: str) -> Any:
        job = self.job(job_id)
        self.finished(job)
        return self._object(job)

    def content(self, asked: Asked, job_id: str) -> Any:
        job = self.job(job_id)
        if job.outcome is Outcome.NO_FILM or job.polls <= self.polls:
            raise Refused(404, self.error(404, "not_found", "Video is not ready"))
        if job.outcome is Outcome.EXPIRED:
            raise Refused(410, self.error(410, "expired", "Video has expired"))
        return self.film_answer()

    def delete(self, asked: Asked, job_id: str) -> Any:
        job = self.job(job_id)
        if job.polls <= self.polls:
            raise Refused(409, self.error(409, "invalid_state", "Video is not finished"))
        del self.jobs[job_id]
        return {"id": job_id, "object": "video.deleted", "deleted": True}

    def _fields(self, asked: Asked) -> dict[str, Any]:
        if asked.headers.get("content-type", "").startswith("application/json"):
            found: dict[str, Any] = asked.json()
            return found
        form = asked.form()
        return {name: data if file else data.decode() for name, (file, data) in form.items()}

    def _check(self, body: dict[str, Any]) -> None:
        if not 1 <= len(body["prompt"]) <= 32_000:
            raise Refused(400, self.error(400, "invalid_value", "prompt"))
        if not isinstance(body.get("seconds", "4"), str) or body.get("seconds", "4") not in (
            *("4", "8", "12"),
            *("16", "20"),
        ):
            raise Refused(400, self.error(400, "invalid_value", f"seconds: {body['seconds']}"))
        reference = body.get("input_reference")
        if isinstance(reference, bytes):
            with Image.open(io.BytesIO(reference)) as image:
                size = f"{image.width}x{image.height}"
            if size != body.get("size", "720x1280"):
                text = "Inpaint image must match the requested width and height"
                raise Refused(400, self.error(400, "invalid_value", text))

    def _take(self, body: dict[str, Any]) -> FakeJob:
        kept = {name: value for name, value in body.items() if not isinstance(value, bytes)}
        job_id = f"video_{uuid.uuid4().hex}"
        return self.accept(job_id, body.get("model", "sora-2"), body["prompt"], kept)

    def _object(self, job: FakeJob) -> dict[str, Any]:
        status, error = self._status(job)
        done = status == "completed"
        return {
            "id": job.id,
            "object": "video",
            "model": job.model,
            "status": status,
            "progress": 100 if done else min(99, 30 * job.polls),
            "created_at": int(job.created),
            "completed_at": int(time.time()) if done else None,
            "expires_at": int(time.time()) + 3600 if done else None,
            "prompt": job.prompt,
            "size": job.body.get("size", "720x1280"),
            "seconds": job.body.get("seconds", "4"),
            "remixed_from_video_id": job.body.get("remixed"),
            "error": error,
        }

    def _status(self, job: FakeJob) -> tuple[str, Any]:
        extra = 2 if job.outcome is Outcome.STRANGE else 0
        if job.polls <= self.polls + extra:
            if job.outcome is Outcome.STRANGE and job.polls:
                return "warming_up", None
            return ("queued" if not job.polls else "in_progress"), None
        if job.outcome is Outcome.MODERATION:
            text = "Your request was blocked by our moderation system."
            return "failed", {"code": "moderation_blocked", "message": text}
        if job.outcome is Outcome.FAILED:
            return "failed", {"code": "internal_error", "message": "The GPU caught fire."}
        if job.outcome is Outcome.EXPIRED:
            return "expired", None
        return "completed", None
