"""Veo 3.1 as a long-running prediction: on Vertex, and in the shape that the Gemini API had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pickup.providers import catalog
from pickup.providers.base import (
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
)
from pickup.providers.google import GoogleProvider, error_in, image_of
from pickup.providers.http import LARGE
from pickup.providers.remote import prompt_of
from pickup.providers.replies import dig, list_at, text_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pickup.providers.base import Order
    from pickup.providers.card import ModelCard
    from pickup.providers.catalog import Fit
    from pickup.providers.http import Client

_NO_PROJECT = "pickup"
"""Stands in the path where a server of one's own is asked and no project is set."""

_OPERATION = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")


class VeoProvider(GoogleProvider):
    """Orders by `predictLongRunning`.

    On Vertex a job is polled by `fetchPredictOperation` and its film comes inside the reply, or
    from the bucket that `PICKUP_VEO_BUCKET` names; there it can be extended. Without a project,
    models whose id ends in `-preview` are spoken to in the shape of the Gemini API, which has no
    Veo any more.
    """

    name = "veo"
    who = "Veo"
    usual_location = "us-central1"
    platform_version = "v1"

    @property
    def client(self) -> Client:
        """Vertex, for what concerns no single model."""
        return self.door(True)

    @property
    def question(self) -> str:
        return f"publishers/google/models/{next(iter(catalog.cards(self.name))).id}"

    def submit(self, order: Order) -> str:
        card, asked = self.asked(order)
        if order.source_job:
            return self._extend(order)
        images = self.copies(order, asked, card)
        instance: dict[str, Any] = {"prompt": prompt_of(order)}
        for name, field in (("first", "image"), ("last", "lastFrame")):
            if name in images:
                instance[field] = _image(images[name])
        pictures = self.pictures(order, card)
        if pictures:
            references = [{"image": _image(png), "referenceType": "ASSET"} for png in pictures]
            instance["referenceImages"] = references
        return self._post(order, instance, self._parameters(order, card, asked))

    def _extend(self, order: Order) -> str:
        """Order 7 more seconds of the film of `order.source_job`, which must lie in a bucket."""
        ended = self.source_of(order, lambda: self._operation(order.source_job, order))
        film = _film(ended).get("uri", "")
        if not film.startswith("gs://"):
            raise ProviderRefusal(
                Refusal.UNSUPPORTED,
                f"{order.request.id}: Veo extends a film that lies in a bucket, and that take's "
                "does not; set PICKUP_VEO_BUCKET, make a new take, and extend that.",
            )
        video = {"gcsUri": film, "mimeType": "video/mp4"}
        parameters: dict[str, Any] = {"sampleCount": 1, "durationSeconds": 8, "resolution": "720p"}
        if self.bucket:
            parameters["storageUri"] = self.bucket
        return self._post(order, {"prompt": prompt_of(order), "video": video}, parameters)

    def ask(self, job_id: str, order: Order) -> JobStatus:
        reply = self._operation(job_id, order)
        error = error_in(reply)
        if error:
            return self.failed(order, error)
        if dig(reply, "done") is not True:
            return JobStatus(JobState.RUNNING, progress=_progress(reply))
        if _film(reply):
            uri = _film(reply).get("uri", "")
            return JobStatus(JobState.DONE, 1.0, detail={"uri": uri} if uri else {})
        reasons = _filtered(reply)
        if reasons:
            return self.failed(order, reasons, Refusal.MODERATION)
        return self.without_film(order)

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        uri = text_at(dict(status.detail), "uri")
        if not uri:
            film = _film(self._operation(job_id, order))
            if film.get("data"):
                return self.keep_inline(film["data"], out)
            uri = film.get("uri", "")
        if not uri:
            raise ProviderRefusal(
                Refusal.FAILED, f"{self.who} completed the job without a film; order it again."
            )
        return self.bring(self._client(order), uri, out, progress)

    def _parameters(self, order: Order, card: ModelCard, asked: Fit) -> dict[str, Any]:
        """What both doors take, and on Vertex what only that one does."""
        found: dict[str, Any] = {
            "sampleCount": 1,
            "durationSeconds": asked.seconds,
            "aspectRatio": asked.ratio,
            "resolution": asked.resolution,
        }
        if order.request.negative and card.negative:
            found["negativePrompt"] = order.request.negative
        if self._vertex(order.model):
            found |= {"seed": order.seed, "generateAudio": order.request.audio}
            if self.bucket:
                found["storageUri"] = self.bucket
        return found

    def _post(self, order: Order, instance: dict[str, Any], parameters: dict[str, Any]) -> str:
        path = f"{self._model(order.model)}:predictLongRunning"
        body = {"instances": [instance], "parameters": parameters}
        client = self._client(order)
        reply = client.call("order", "POST", path, about=order.request.id, json=body)
        return self.accepted(reply, order, "name")

    def _operation(self, job_id: str, order: Order) -> Any:
        if not _OPERATION.fullmatch(job_id) or ".." in job_id:
            raise ProviderRefusal(Refusal.LOST, f"{self.who} gave the job no usable name.")
        client = self._client(order)
        if not self._vertex(order.model):
            return self.inquire(job_id, client=client, limit=LARGE)
        path = f"{self._model(order.model)}:fetchPredictOperation"
        body = {"operationName": job_id}
        return self.inquire(path, method="POST", client=client, limit=LARGE, json=body)

    def _vertex(self, model: str) -> bool:
        return bool(self.project) or not model.endswith("-preview")

    def _client(self, order: Order) -> Client:
        """Raises `ProviderRefusal` where Vertex is meant and there is no project."""
        vertex = self._vertex(order.model)
        if vertex and self.official and not self.project:
            raise ProviderRefusal(
                Refusal.UNSUPPORTED,
                f"{order.request.id}: veo:{order.model} is on Vertex only; set "
                "GOOGLE_CLOUD_PROJECT, and PICKUP_VEO_API_KEY to what “gcloud auth "
                "print-access-token” prints.",
            )
        return self.door(vertex)

    def _model(self, model: str) -> str:
        if not self._vertex(model):
            return f"models/{model}"
        named = "/projects/" in self.setting("BASE_URL")
        project = self.project or _NO_PROJECT
        start = "" if named else f"projects/{project}/locations/{self.location}/"
        return f"{start}publishers/google/models/{model}"


def _image(png: bytes) -> dict[str, str]:
    return {"bytesBase64Encoded": image_of(png), "mimeType": "image/png"}


def _film(reply: Any) -> dict[str, str]:
    """Where the film is: `uri` or `data`; empty where there is none."""
    answer = dig(reply, "response")
    for sample in (
        dig(answer, "videos", 0),
        dig(answer, "generateVideoResponse", "generatedSamples", 0, "video"),
        dig(answer, "generatedVideos", 0, "video"),
    ):
        for name in ("gcsUri", "uri"):
            if text_at(sample, name):
                return {"uri": text_at(sample, name)}
        for name in ("bytesBase64Encoded", "encodedVideo", "videoBytes"):
            if text_at(sample, name):
                return {"data": text_at(sample, name)}
    return {}


def _filtered(reply: Any) -> str:
    """Why Google's filter held the film back; such a job is not charged."""
    for answer in (dig(reply, "response"), dig(reply, "response", "generateVideoResponse")):
        reasons = [text for text in list_at(answer, "raiMediaFilteredReasons") if text]
        if reasons or dig(answer, "raiMediaFilteredCount"):
            return "; ".join(str(text) for text in reasons) or "the film was filtered"
    return ""


def _progress(reply: Any) -> float | None:
    percent = dig(reply, "metadata", "progressPercent")
    return min(1.0, max(0.0, percent / 100)) if isinstance(percent, int) else None
