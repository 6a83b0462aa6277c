"""`predictLongRunning` at both of its doors: Vertex, and the Gemini API as it was."""

from __future__ import annotations

import base64
import uuid
from typing import Any, ClassVar

from pickup.testing.fakes.server import Answer, Asked, Fake, FakeJob, Outcome, Refused, Route

_SHARED = (
    "sampleCount durationSeconds aspectRatio resolution personGeneration negativePrompt "
    "enhancePrompt"
)


class FakeVeoVertex(Fake):
    """Vertex: polled by POST, films inside the reply, or by address from a bucket of its own."""

    prefix = "/v1"
    model_path = "/projects/[^/]+/locations/[^/]+/publishers/google/models/([^/:]+)"
    routes: ClassVar[tuple[Route, ...]] = (
        ("POST", model_path + ":predictLongRunning", "order", "create"),
        ("POST", model_path + ":fetchPredictOperation", "poll", "poll"),
        ("GET", "/publishers/google/models/([^/:]+)", "models", "models"),
        ("GET", "/bucket/([^/]+)", "fetch", "content"),
    )
    parameters = _SHARED + " storageUri seed generateAudio compressionQuality resizeMode"

    def authorised(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.key}"

    def error(self, status: int, code: str, message: str) -> Any:
        return {"error": {"code": status, "message": message, "status": code.upper()}}

    def create(self, asked: Asked, model: str) -> Any:
        body = asked.json()
        self.need(body, "instances parameters", "instances")
        (instance,) = body["instances"]
        self.need(instance, "prompt image lastFrame referenceImages video", "prompt")
        self.need(body.get("parameters", {}), self.parameters)
        self._check(instance, body.get("parameters", {}))
        name = self._name(asked, model, uuid.uuid4().hex)
        self.accept(name, model, instance["prompt"], body)
        return {"name": name}

    def poll(self, asked: Asked, model: str) -> Any:
        self.need(asked.json(), "operationName", "operationName")
        return self._operation(self.job(asked.json()["operationName"]))

    def models(self, asked: Asked, name: str) -> Any:
        return {"name": f"publishers/google/models/{name}"}

    def content(self, asked: Asked, name: str) -> Answer:
        return self.film_answer()

    def _name(self, asked: Asked, model: str, number: str) -> str:
        return asked.path.removeprefix(self.prefix + "/").split(":")[0] + f"/operations/{number}"

    def _operation(self, job: FakeJob) -> Any:
        if not self.finished(job):
            return {"name": job.id, "metadata": {"@type": "x"}}
        facts = {"name": job.id, "done": True}
        if job.outcome is Outcome.FAILED:
            return {**facts, "error": {"code": 13, "message": "Internal error."}}
        if job.outcome is Outcome.EXPIRED:
            return {**facts, "error": {"code": 9, "message": "The operation has expired."}}
        if job.outcome is Outcome.MODERATION:
            return {**facts, "response": self._held_back()}
        if job.outcome is Outcome.NO_FILM:
            return {**facts, "response": {}}
        return {**facts, "response": self._film(job)}

    def _held_back(self) -> Any:
        reason = "The generated video was blocked: it may show a minor."
        return {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [reason]}

    def _film(self, job: FakeJob) -> Any:
        if job.body["parameters"].get("storageUri"):
            video = {"gcsUri": "gs://bucket/film.mp4", "mimeType": "video/mp4"}
        else:
            data = base64.b64encode(self.film).decode()
            video = {"bytesBase64Encoded": data, "mimeType": "video/mp4"}
        return {"videos": [video], "raiMediaFilteredCount": 0}

    def _check(self, instance: Any, parameters: Any) -> None:
        seconds = parameters.get("durationSeconds", 8)
        eight = parameters.get("resolution") in ("1080p", "4k") or "referenceImages" in instance
        bad = (
            seconds not in (4, 6, 8)
            or (eight and seconds != 8)
            or ("lastFrame" in instance and "image" not in instance)
            or ("video" in instance and "image" in instance)
            or parameters.get("aspectRatio", "16:9") not in ("16:9", "9:16")
        )
        for name in ("image", "lastFrame"):
            if name in instance and "bytesBase64Encoded" in instance[name]:
                base64.b64decode(instance[name]["bytesBase64Encoded"], validate=True)
        if bad:
            raise Refused(400, self.error(400, "invalid_argument", "not a combination Veo makes"))


class FakeVeoGemini(FakeVeoVertex):
    """The Gemini API: polled by GET, fewer parameters, films by address for two days."""

    prefix = "/v1beta"
    routes = (
        ("POST", "/models/([^/:]+):predictLongRunning", "order", "create"),
        ("GET", "/(models/[^/]+/operations/[^/]+)", "poll", "get"),
        ("GET", "/files/([^/:]+):download", "fetch", "content"),
    )
    parameters = _SHARED

    def authorised(self, asked: Asked) -> bool:
        return asked.headers.get("x-goog-api-key") == self.key

    def get(self, asked: Asked, name: str) -> Any:
        return self._operation(self.job(name))

    def _held_back(self) -> Any:
        return {"generateVideoResponse": super()._held_back()}

    def _film(self, job: FakeJob) -> Any:
        video = {"uri": f"{self.url}/files/abc:download?alt=media"}
        return {"generateVideoResponse": {"generatedSamples": [{"video": video}]}}
