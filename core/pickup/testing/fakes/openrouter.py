"""OpenRouter's video API as its published specification has it."""

from __future__ import annotations

import uuid
from typing import Any

from pickup.testing.fakes.server import Answer, Asked, Fake, FakeJob, Outcome, Refused

_RATIOS = {"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21"}
_STEPS = {"480p", "720p", "1080p", "1K", "2K", "4K"}

MODELS: list[dict[str, Any]] = [
    {
        "id": "maker/film-1",
        "name": "Film 1",
        "canonical_slug": "maker/film-1",
        "created": 1_780_000_000,
        "allowed_passthrough_parameters": [],
        "generate_audio": True,
        "seed": True,
        "supported_aspect_ratios": ["16:9", "9:16"],
        "supported_durations": [4, 6, 8],
        "supported_frame_images": ["first_frame", "last_frame"],
        "supported_resolutions": ["720p", "1080p"],
        "supported_sizes": None,
        "pricing_skus": {"duration_seconds_720p": "0.08", "duration_seconds_1080p": "0.12"},
    },
    {
        "id": "maker/silent-1",
        "name": "Silent 1",
        "canonical_slug": "maker/silent-1",
        "created": 1_780_000_000,
        "allowed_passthrough_parameters": [],
        "generate_audio": None,
        "seed": None,
        "supported_aspect_ratios": None,
        "supported_durations": [5, 10],
        "supported_frame_images": ["first_frame"],
        "supported_resolutions": None,
        "supported_sizes": ["1280x720", "720x1280"],
        "pricing_skus": {"video_tokens": "0.0000012"},
    },
]


class FakeOpenRouter(Fake):
    """One body for all models, polled by id, the film by `content`, the cost in the reply."""

    prefix = "/api/v1"
    routes = (
        ("POST", "/videos", "order", "create"),
        ("GET", "/videos/models", "models", "models"),
        ("GET", "/key", "models", "of_key"),
        ("GET", "/videos/([^/]+)", "poll", "get"),
        ("GET", "/videos/([^/]+)/content", "fetch", "content"),
    )
    cost = 0.48

    def error(self, status: int, code: str, message: str) -> Any:
        return {"error": {"code": status, "message": message}}

    def models(self, asked: Asked) -> Any:
        return {"data": MODELS}

    def of_key(self, asked: Asked) -> Any:
        return {"data": {"label": "test", "usage": 0, "limit": None}}

    def create(self, asked: Asked) -> Any:
        body = asked.json()
        self.need(
            body,
            "model prompt duration resolution aspect_ratio size generate_audio seed frame_images "
            "input_references provider callback_url",
            "model prompt",
        )
        for frame in body.get("frame_images", []):
            self.need(frame, "type image_url frame_type", "type image_url frame_type")
        good = (
            isinstance(body.get("duration", 1), int)
            and body.get("aspect_ratio", "16:9") in _RATIOS
            and body.get("resolution", "720p") in _STEPS
        )
        if not good:
            raise Refused(400, self.error(400, "", f"invalid parameters: {body.keys()}"))
        job = self.accept(uuid.uuid4().hex, body["model"], body["prompt"], body)
        return Answer(202, self._json(job, "pending"))

    def get(self, asked: Asked, job_id: str) -> Any:
        job = self.job(job_id)
        if not self.finished(job):
            strange = job.outcome is Outcome.STRANGE and job.polls > 1
            return Answer(200, self._json(job, "dreaming" if strange else "in_progress"))
        return Answer(200, self._json(job, *self._ended(job)))

    def content(self, asked: Asked, job_id: str) -> Answer:
        if self.job(job_id).outcome is Outcome.NO_FILM:
            raise Refused(404, self.error(404, "", "No video"))
        return self.film_answer()

    def _ended(self, job: FakeJob) -> tuple[str, dict[str, Any]]:
        match job.outcome:
            case Outcome.FAILED:
                return "failed", {"error": "The maker's service broke down."}
            case Outcome.MODERATION:
                return "failed", {"error": "Content policy violation in the prompt."}
            case Outcome.EXPIRED:
                return "expired", {}
            case Outcome.NO_FILM:
                return "completed", {"unsigned_urls": [], "usage": {"cost": 0}}
            case _:
                urls = [f"{self.url}/videos/{job.id}/content?index=0"]
                return "completed", {"unsigned_urls": urls, "usage": {"cost": self.cost}}

    def _json(self, job: FakeJob, status: str, more: dict[str, Any] | None = None) -> bytes:
        import json

        facts = {"id": job.id, "polling_url": f"{self.url}/videos/{job.id}", "status": status}
        return json.dumps({**facts, **(more or {})}).encode()
