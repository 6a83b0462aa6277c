"""Gemini Omni Flash, over Google's Interactions API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pickup.errors import ProviderError
from pickup.providers.base import (
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
)
from pickup.providers.google import GoogleProvider, error_in, image_of
from pickup.providers.http import LARGE
from pickup.providers.remote import job_id_in, prompt_of
from pickup.providers.replies import dig, list_at, state_of, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pickup.providers.base import Order
    from pickup.providers.card import ModelCard
    from pickup.providers.catalog import Fit

_ROLES = {"first": "<FIRST_FRAME>", "last": "<LAST_FRAME>"}
_STATES = {
    "requires_action": JobState.FAILED,
    "requires_continuation": JobState.FAILED,
    "incomplete": JobState.FAILED,
    "budget_exceeded": JobState.FAILED,
}


class GeminiProvider(GoogleProvider):
    """Orders by `interactions`, in the background, with the film delivered by address.

    The first frame stands before the last one, and tags in the prompt tell them apart. With a
    `source_job` that job's film is edited, extended or upscaled. The interaction keeps our key as
    a label.
    """

    name = "gemini"
    who = "Gemini"

    @property
    def question(self) -> str:
        return self._path("v1_none")

    def submit(self, order: Order) -> str:
        card, asked = self.asked(order)
        if order.source_job:
            task = "edit" if order.change.kind == "remix" else order.change.kind
            return self._post(order, self._body(order, asked, task, [], order.source_job))
        return self._post(order, self._ordered(order, card, asked))

    def ask(self, job_id: str, order: Order) -> JobStatus:
        try:
            reply = self.client.call("ask", "GET", self._path(job_id), limit=LARGE)
        except ProviderRefusal as refusal:
            if "invalid interaction" in refusal.detail.lower():
                return self.failed(order, refusal.detail, Refusal.LOST)
            raise
        word = text_at(reply, "status").lower()
        state = _STATES.get(word) or state_of(word)
        if state is JobState.FAILED:
            return self.failed(order, self._said(reply, word), _kind(word))
        if state is not JobState.DONE:
            return JobStatus(state)
        return self._done(reply, order)

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
            reply = self.inquire(self._path(job_id), limit=LARGE)
            video = _video(reply)
            if text_at(video, "data"):
                return self.keep_inline(text_at(video, "data"), out)
            uri = text_at(video, "uri")
        self._wait_for_file(uri)
        return self.bring(self.client, uri, out, progress)

    def cancel(self, job_id: str, order: Order) -> bool:
        try:
            reply = self.client.call("tell", "POST", self._path(job_id) + "/cancel", json={})
        except ProviderError:
            return False
        return state_of(text_at(reply, "status")) is JobState.CANCELLED

    def reworded(self, text: str, frames: Sequence[str], pictures: int) -> str:
        return " ".join([*_tags(frames, pictures), text])

    def _ordered(self, order: Order, card: ModelCard, asked: Fit) -> dict[str, Any]:
        images = self.copies(order, asked, card)
        pictures = self.pictures(order, card)
        blocks = [_image(png) for png in (*images.values(), *pictures)]
        words = self.reworded(prompt_of(order), list(images), len(pictures))
        blocks.append({"type": "text", "text": words})
        task = "reference_to_video" if pictures else "text_to_video"
        body = self._body(order, asked, "image_to_video" if images else task, blocks)
        if card.seed:
            body["generation_config"]["seed"] = order.seed % 2**31
        return body

    def _body(
        self, order: Order, asked: Fit, task: str, blocks: list[dict[str, str]], source: str = ""
    ) -> dict[str, Any]:
        content = blocks or [{"type": "text", "text": prompt_of(order)}]
        form: dict[str, Any] = {
            "type": "video",
            "aspect_ratio": asked.ratio,
            "resolution": asked.resolution,
            "duration": f"{order.change.seconds or asked.seconds}s",
            "delivery": "uri",
        }
        if task in ("upscale", "edit"):
            del form["duration"]
        if self.platform:
            form = self._platform_form(form)
        body = {
            "model": order.model,
            "background": True,
            "input": [{"type": "user_input", "content": content}],
            "generation_config": {"video_config": {"task": task}},
            "response_format": form,
            "labels": {"pickup": _label(order.key)},
        }
        if source:
            body["previous_interaction_id"] = source
        return body

    def _platform_form(self, form: dict[str, Any]) -> dict[str, Any]:
        """Agent Platform delivers by address into a bucket of ours only."""
        return {**form, "gcs_uri": self.bucket} if self.bucket else {**form, "delivery": "inline"}

    def _post(self, order: Order, body: dict[str, Any]) -> str:
        reply = self.client.call("order", "POST", self._path(), about=order.request.id, json=body)
        return self.accepted(reply, order)

    def _path(self, job_id: str = "") -> str:
        start = f"{self.place}/interactions" if self.platform else "interactions"
        return f"{start}/{job_id_in(job_id)}" if job_id else start

    def _done(self, reply: Any, order: Order) -> JobStatus:
        """“Completed” with words instead of a film is how a moderated order ends."""
        video = _video(reply)
        if text_at(video, "uri"):
            return JobStatus(JobState.DONE, 1.0, detail={"uri": text_at(video, "uri")})
        if text_at(video, "data"):
            return JobStatus(JobState.DONE, 1.0)
        said = self._said(reply, "")
        words = " ".join(text_at(block, "text") for block in _blocks(reply)).strip()
        if words or error_in(reply):
            return self.failed(order, words or said, Refusal.MODERATION)
        return self.without_film(order)

    def _said(self, reply: Any, word: str) -> Any:
        errors = list_at(reply, "errors")
        if errors:
            return {"error": errors[0]}
        return error_in(reply) or {"error": {"message": word.replace("_", " ")}}

    def _wait_for_file(self, uri: str) -> None:
        """A film that Google still files away is not there yet.

        Raises:
            ProviderRefusal: there is none, or it could not be filed.
            ProviderError: not yet; ask again later.
        """
        if not uri:
            raise ProviderRefusal(
                Refusal.FAILED, f"{self.who} completed the job without a film; order it again."
            )
        match = re.search(r"/(files/[^/:?]+)(?::download)", uri)
        if not match or self.platform:
            return
        try:
            state = text_at(self.client.call("ask", "GET", match[1]), "state").upper()
        except ProviderRefusal:  # the download itself will say what is wrong
            return
        if state == "FAILED":
            raise ProviderRefusal(
                Refusal.FAILED, f"{self.who} could not keep the film; order the shot again."
            )
        if state == "PROCESSING":
            raise ProviderError(f"{self.who} is still filing the film away; run again later.")


def _blocks(reply: Any) -> list[Any]:
    """What the model has put out; blocks of thought are not."""
    steps = [step for step in list_at(reply, "steps") if text_at(step, "type") == "model_output"]
    return [block for step in steps for block in list_at(step, "content")]


def _video(reply: Any) -> Any:
    blocks = [*_blocks(reply), dig(reply, "output_video")]
    return next((block for block in blocks if _is_video(block)), None)


def _is_video(block: Any) -> bool:
    kind = text_at(block, "mime_type")
    return isinstance(block, dict) and (block.get("type") == "video" or kind.startswith("video/"))


def _tags(frames: Sequence[str], pictures: int) -> list[str]:
    """What each image of the order is, in the tags that the model knows.

    Frames alone, or pictures alone, stand in their order; together each is told its image.
    """
    roles = [_ROLES[name] for name in frames] + [f"<IMAGE_REF_{n}>" for n in range(pictures)]
    if not (frames and pictures):
        return roles
    said = [f"{role}@Image{number}" for number, role in enumerate(roles, 1)]
    sources, references = " ".join(said[: len(frames)]), " ".join(said[len(frames) :])
    return [f"[# Sources {sources}]", f"[# References {references}]"]


def _image(png: bytes) -> dict[str, str]:
    return {"type": "image", "data": image_of(png), "mime_type": "image/png"}


def _kind(word: str) -> Refusal | None:
    return Refusal.BALANCE if word == "budget_exceeded" else None


def _label(key: str) -> str:
    """Labels are lower-case and short."""
    return re.sub(r"[^a-z0-9_-]", "-", key.lower())[:63]
