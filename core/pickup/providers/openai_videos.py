"""The `/v1/videos` protocol, which outlived the service it was made for.

OpenAI shut its own service down on 2026-09-24. vLLM-Omni, Dynamo, the LiteLLM proxy and many
gateways serve the protocol on, so base URL, key and model come from the settings.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pickup.errors import ProviderError
from pickup.providers import catalog
from pickup.providers.base import (
    FoundJob,
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
)
from pickup.providers.downloads import download
from pickup.providers.remote import RemoteProvider, job_id_in, prompt_of
from pickup.providers.replies import (
    dig,
    id_at,
    list_at,
    number_at,
    percent_at,
    state_of,
    text_at,
)
from pickup.providers.uploads import data_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pickup.providers.base import Order
    from pickup.providers.card import ModelCard
    from pickup.providers.catalog import Fit

_MOST_MODELS = 40
_PAGE, _PAGES = 100, 20
_OFTEN_ALL = 20
"""Jobs on a page, below which a server that does not turn pages has surely shown all it has."""
_CLOCKS_DIFFER = 300.0
"""Seconds by which a server's clock may be behind ours when its list is searched."""


class OpenAIVideosProvider(RemoteProvider):
    """Orders, polls and fetches by `/v1/videos`.

    The first frame is sent as `input_reference` at exactly the ordered size; there is no field for
    a last frame. With a `source_job` that job's video is remixed or extended. The body is a form,
    which every server takes but Dynamo: for it `PICKUP_OPENAI_VIDEOS_BODY` is `json`.
    """

    name = "openai-videos"
    who = "OpenAI Videos"
    home_url = "https://api.openai.com/v1"

    @property
    def question(self) -> str:
        return "videos?limit=1"

    def cards(self) -> Sequence[ModelCard]:
        """What the server lists, and what the user's own catalog adds; else what is known."""
        known = super().cards()
        served = [] if self.official else self._served
        if not served:
            return known
        own = [c for c in catalog.cards(self.name) if not c.retired_on(date.max)]
        listed = {name: self.card(name) for name in served}
        return tuple({**listed, **{card.id: card for card in own}}.values())

    @cached_property
    def _served(self) -> list[str]:
        """Names from `/models`; none where there are so many that most are no film models."""
        names = [text_at(entry, "id") for entry in self.listed("models")]
        return [] if len(names) > _MOST_MODELS else [name for name in names if name]

    def submit(self, order: Order) -> str:
        card, asked = self.asked(order)
        reply = self._change(order) if order.source_job else self._create(order, card, asked)
        return self.accepted(reply, order)

    def delete(self, job_id: str) -> bool:
        """Remove a finished job and its files from the server."""
        reply = self.client.call("tell", "DELETE", f"videos/{job_id_in(job_id)}")
        return dig(reply, "deleted") is True

    def ask(self, job_id: str, order: Order) -> JobStatus:
        reply = self.inquire(f"videos/{job_id_in(job_id)}")
        state = state_of(text_at(reply, "status"))
        if state is JobState.FAILED:
            gone = text_at(reply, "status").lower() == "expired"
            said = {"error": dig(reply, "error") or text_at(reply, "message")}
            return self.failed(order, said, Refusal.EXPIRED if gone else None)
        if state is JobState.DONE and dig(reply, "error"):
            return self.failed(order, {"error": dig(reply, "error")})
        return JobStatus(state, progress=percent_at(reply, "progress"))

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        return download(self.client, f"videos/{job_id_in(job_id)}/content", out, progress)

    def cancel(self, job_id: str, order: Order) -> bool:
        """The protocol has only a deletion, which some servers grant to a running job."""
        try:
            return self.delete(job_id)
        except ProviderError:
            return False

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        """All of the server's own list down to `since`; None where the whole is not to be had.

        Jobs of other models are in it as well: a gateway may name a model differently.
        """
        found: dict[str, FoundJob] = {}
        start = since - _CLOCKS_DIFFER
        for _ in range(_PAGES):
            after = {"after": next(reversed(found))} if found else {}
            reply = self._list({"limit": str(_PAGE), "order": "desc", **after})
            if reply is None:
                return None
            jobs = [_found(entry) for entry in list_at(reply, "data")]
            page = [job for job in jobs if job.id and job.id not in found]
            more = dig(reply, "has_more")
            if jobs and not page:  # it does not turn over: this is all, or all that it shows
                return _since(found, start) if more is None and len(jobs) < _OFTEN_ALL else None
            found |= {job.id: job for job in page}
            if not page or more is False or _past(page, start):
                return _since(found, start)
        return None

    def _create(self, order: Order, card: ModelCard, asked: Fit) -> Any:
        fields = {
            "prompt": prompt_of(order),
            "model": order.model,
            "seconds": str(asked.seconds),
            "size": asked.size,
        }
        first = self.copies(order, asked, card).get("first")
        if self.setting("BODY").lower() == "json":
            reference = {"input_reference": {"image_url": data_url(first)}} if first else {}
            return self._post("videos", order, json={**fields, **reference})
        files: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
        if first:
            files["input_reference"] = ("first.png", first, "image/png")
        return self._post("videos", order, files=files)

    def _change(self, order: Order) -> Any:
        """A remix by the route that gateways know, or by `edits`, which came after it."""
        job = job_id_in(order.source_job)
        body: dict[str, Any] = {"prompt": prompt_of(order), "video": {"id": job}}
        if order.change.kind == "extend":
            body["seconds"] = str(order.change.seconds)
            return self._post("videos/extensions", order, json=body)
        try:
            return self._post(f"videos/{job}/remix", order, json={"prompt": body["prompt"]})
        except ProviderRefusal as refusal:
            if refusal.kind is not Refusal.UNSUPPORTED:
                raise
            return self._post("videos/edits", order, json=body)

    def _post(self, path: str, order: Order, **body: Any) -> Any:
        return self.client.call("order", "POST", path, about=order.request.id, **body)

    def _list(self, params: dict[str, str]) -> Any:
        """A page of the list; None where the server keeps none."""
        reply = self.client.reply("ask", "GET", "videos", params=params, fine=(404, 405, 501))
        value = reply.value() if reply.good else None
        return value if isinstance(dig(value, "data"), list) else None


def _since(found: Mapping[str, FoundJob], start: float) -> list[FoundJob]:
    return [job for job in found.values() if job.created >= start or not job.created]


def _past(page: Sequence[FoundJob], start: float) -> bool:
    """Whether all that follows on a page is older, as far as it is sorted as was asked."""
    times = [job.created for job in page]
    newest_first = times[0] > times[-1] > 0 and times == sorted(times, reverse=True)
    return newest_first and times[-1] < start


def _found(entry: Any) -> FoundJob:
    return FoundJob(
        id=id_at(entry, "id"),
        created=number_at(entry, "created_at") or 0.0,
        model=text_at(entry, "model"),
        prompt=text_at(entry, "prompt"),
    )
