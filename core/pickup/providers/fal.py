"""fal's queue: models of many makers, each with names of its own for the same things."""

from __future__ import annotations

import tomllib
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pickup.errors import ProviderError, RequestError
from pickup.home import home
from pickup.providers.addresses import origin_of
from pickup.providers.base import (
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
)
from pickup.providers.downloads import download
from pickup.providers.remote import RemoteProvider, prompt_of
from pickup.providers.replies import dig, state_of, text_at
from pickup.providers.uploads import data_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pickup.providers.base import Order
    from pickup.providers.card import ModelCard
    from pickup.providers.catalog import Fit

_STORAGE = "https://rest.fal.ai"
_UPSCALE = 2


class FalProvider(RemoteProvider):
    """Orders by the queue, with frames put into fal's storage first.

    A job's id is the path of its result below the queue's address, as fal returned it. Where
    another server stands in for fal's queue, frames travel as data URLs, unless
    `PICKUP_FAL_STORAGE_URL` names a storage as well. A model that changes films takes the film of
    the order's `source_job`.
    """

    name = "fal"
    who = "fal"
    home_url = "https://queue.fal.run"
    scheme = "Key "

    @property
    def question(self) -> str:
        return "fal-ai/flashvsr/requests/00000000-0000-0000-0000-000000000000/status"

    def submit(self, order: Order) -> str:
        _model_path(order.model)
        fields = self._fields(order.model)
        card, asked = self.asked(order)
        if "source" in fields:
            body = self._change(order, fields)
        else:
            body = self._film(order, card, asked, fields)
        reply = self.client.call("order", "POST", order.model, about=order.request.id, json=body)
        return self._job_id(reply, order)

    def ask(self, job_id: str, order: Order) -> JobStatus:
        reply = self.inquire(_below(job_id, "status"))
        state = state_of(text_at(reply, "status"))
        error = text_at(reply, "error")
        if "cancel" in f"{text_at(reply, 'error_type')} {error}".lower():
            return JobStatus(JobState.CANCELLED)
        if error:
            return self.failed(order, {"error": error})
        return self._done(job_id, order) if state is JobState.DONE else JobStatus(state)

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        url = text_at(dict(status.detail), "url")
        url = url or _film_url(self.inquire(_below(job_id)))
        if not url:
            raise ProviderRefusal(
                Refusal.FAILED, f"{self.who} completed the job without a film; order it again."
            )
        return download(self.client, url, out, progress)

    def cancel(self, job_id: str, order: Order) -> bool:
        try:
            self.client.call("tell", "PUT", _below(job_id, "cancel"))
        except ProviderError:
            return False
        return True

    def _done(self, job_id: str, order: Order) -> JobStatus:
        """The queue calls a job completed that failed; only its result tells."""
        reply = self.client.reply("ask", "GET", _below(job_id), fine=(400, 422))
        result = reply.value()
        if not isinstance(result, dict):
            raise ProviderError(f"{self.who} cannot be asked for the film now; run again later.")
        if not reply.good:
            return self.failed(order, result)
        url = _film_url(result)
        return (
            JobStatus(JobState.DONE, 1.0, detail={"url": url})
            if url
            else (self.without_film(order))
        )

    def _film(
        self, order: Order, card: ModelCard, asked: Fit, fields: Mapping[str, str]
    ) -> dict[str, Any]:
        request = order.request
        seconds: Any = asked.seconds
        if fields.get("duration_form", "number") != "number":
            seconds = fields["duration_form"].format(asked.seconds)
        values: dict[str, Any] = {
            "duration": seconds,
            "resolution": asked.resolution,
            "ratio": asked.ratio,
            "audio": request.audio,
            "negative": request.negative,
            "seed": order.seed % 2**31,
        }
        named = {n: png for n, png in self.copies(order, asked, card).items() if n in fields}
        values |= {name: self._put(f"{name}.png", png) for name, png in named.items()}
        body = {fields[name]: value for name, value in values.items() if name in fields}
        body = {name: value for name, value in body.items() if value != ""}
        return {"prompt": prompt_of(order), **body}

    def _change(self, order: Order, fields: Mapping[str, str]) -> dict[str, Any]:
        if not order.source_job:
            raise ProviderRefusal(
                Refusal.UNSUPPORTED,
                f"{order.request.id}: fal:{order.model} changes a film, and makes none; "
                "order it for a take that fal has made.",
            )
        url = self.source_of(order, lambda: _film_url(self.inquire(_below(order.source_job))))
        if not url:
            raise ProviderRefusal(
                Refusal.LOST, f"{order.request.id}: fal no longer has the take to change."
            )
        body: dict[str, Any] = {fields["source"]: url}
        return {**body, fields["factor"]: _UPSCALE} if "factor" in fields else body

    def _put(self, name: str, png: bytes) -> str:
        """An address at which fal finds the frame."""
        storage = self.setting("STORAGE_URL", default=_STORAGE if self.official else "")
        if not storage:
            return data_url(png)
        client = self.make_client(storage, self.key, self.header, self.scheme)
        body = {"file_name": name, "content_type": "image/png"}
        path = "storage/upload/initiate"
        reply = client.call("tell", "POST", path, params={"storage_type": "gcs"}, json=body)
        target, address = text_at(reply, "upload_url"), text_at(reply, "file_url")
        if not target or not address:
            raise ProviderRefusal(
                Refusal.UNREACHABLE, "fal's storage took no frame, and nothing was ordered."
            )
        client.reply("tell", "PUT", target, data=png, headers={"Content-Type": "image/png"})
        return address

    def _job_id(self, reply: Any, order: Order) -> str:
        """The result's path below the queue; the usual one where fal returned no address."""
        url = text_at(reply, "response_url")
        if url and origin_of(url) == origin_of(self.base):
            base_path = urlsplit(self.base).path
            return urlsplit(url).path.removeprefix(base_path).strip("/")
        request_id = self.accepted(reply, order, "request_id")
        return "/".join([*order.model.split("/")[:2], "requests", request_id])

    def _fields(self, model: str) -> Mapping[str, str]:
        return self._table.get(model) or self._table["*"]

    @cached_property
    def _table(self) -> dict[str, dict[str, str]]:
        """Raises `RequestError` where the user's own table is none."""
        shipped = resources.files("pickup.providers") / "fal_fields.toml"
        own = home() / "fal_fields.toml"
        try:
            added = tomllib.loads(own.read_text("utf-8")) if own.is_file() else {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RequestError(f"{own}: cannot be read ({error}). Correct or remove it.") from None
        table = {**tomllib.loads(shipped.read_text("utf-8")), **added}
        if not all(isinstance(fields, dict) for fields in table.values()):
            raise RequestError(f"{own}: write every model's names under its own heading.")
        return table


def _model_path(model: str) -> None:
    """Refuse an endpoint's name that would lead elsewhere."""
    parts = model.split("/")
    if (
        len(parts) < 2
        or not all(p and p.strip(".") and p.isprintable() for p in parts)
        or (set(model) & set("?#%\\ "))
    ):
        raise ProviderRefusal(
            Refusal.UNSUPPORTED, f"fal:{model} is no endpoint of fal; it reads owner/name/…."
        )


def _below(job_id: str, more: str = "") -> str:
    parts = job_id.split("/")
    if (
        "requests" not in parts
        or not all(part.strip(".") for part in parts)
        or (len(job_id) > 500 or set(job_id) & set("?#%\\: "))
    ):
        raise ProviderRefusal(Refusal.LOST, "The job has no id that fal could be asked for.")
    return f"{job_id}/{more}" if more else job_id


def _film_url(result: Any) -> str:
    """Where the film is, in any of the shapes that fal's models answer in."""
    for holder in (result, dig(result, "output"), dig(result, "data")):
        for steps in (("video", "url"), ("videos", 0, "url"), ("video",), ("video_url",)):
            if text_at(holder, *steps):
                return text_at(holder, *steps)
    return ""
