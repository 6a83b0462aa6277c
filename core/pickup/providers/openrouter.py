"""OpenRouter's video API: one body for the models of many makers, and the exact cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pickup.providers import catalog
from pickup.providers.base import (
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
)
from pickup.providers.card import ModelCard
from pickup.providers.downloads import download
from pickup.providers.remote import RemoteProvider, job_id_in, prompt_of
from pickup.providers.replies import dig, list_at, number_at, state_of, text_at
from pickup.providers.uploads import data_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pickup.providers.base import Order
    from pickup.providers.catalog import Fit


class OpenRouterProvider(RemoteProvider):
    """Orders, polls and fetches by `/videos`; its models are those that it lists itself."""

    name = "openrouter"
    who = "OpenRouter"
    home_url = "https://openrouter.ai/api/v1"

    def cards(self) -> Sequence[ModelCard]:
        """The models it lists now; none without a key, or while it cannot be asked."""
        return tuple(self._listed.values())

    def card(self, model: str) -> ModelCard:
        return self._listed.get(model) or super().card(model)

    @property
    def question(self) -> str:
        return "key"

    def submit(self, order: Order) -> str:
        card, asked = self.asked(order)
        body = self._body(order, card, asked)
        reply = self.client.call("order", "POST", "videos", about=order.request.id, json=body)
        return self.accepted(reply, order)

    def ask(self, job_id: str, order: Order) -> JobStatus:
        reply = self.inquire(f"videos/{job_id_in(job_id)}")
        word = text_at(reply, "status").lower()
        state, cost = state_of(word), _usd(dig(reply, "usage", "cost"))
        if state is JobState.FAILED:
            kind = Refusal.EXPIRED if word == "expired" else None
            return self.failed(order, {"error": dig(reply, "error") or word}, kind, cost=cost)
        if state is JobState.DONE and dig(reply, "unsigned_urls") == []:
            return self.without_film(order)
        urls = [url for url in list_at(reply, "unsigned_urls") if isinstance(url, str)]
        return JobStatus(state, cost=cost, detail={"urls": urls[:1]} if urls else {})

    def fetch(
        self,
        job_id: str,
        order: Order,
        status: JobStatus,
        out: Path,
        progress: Callable[[float], None],
    ) -> Path:
        path = f"videos/{job_id_in(job_id)}/content?index=0"
        try:
            return download(self.client, path, out, progress)
        except ProviderRefusal as refusal:
            url = text_at(list(dict(status.detail).get("urls", [])), 0)
            if refusal.kind is not Refusal.EXPIRED or not url:
                raise
            return download(self.client, url, out, progress)

    def _body(self, order: Order, card: ModelCard, asked: Fit) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": order.model,
            "prompt": prompt_of(order),
            "duration": asked.seconds,
        }
        if card.audio:
            body["generate_audio"] = order.request.audio
        if card.seed:
            body["seed"] = order.seed
        if asked.resolution and asked.ratio:
            body |= {"resolution": asked.resolution, "aspect_ratio": asked.ratio}
        elif asked.size:
            body["size"] = asked.size
        images = self.copies(order, asked, card)
        if images:
            body["frame_images"] = [_frame(name, png) for name, png in images.items()]
        pictures = self.pictures(order, card)
        if pictures:
            body["input_references"] = [_picture(png) for png in pictures]
        return body

    @cached_property
    def _listed(self) -> dict[str, ModelCard]:
        """What it lists, asked for once; a list that is not to be had is empty."""
        if self.key is None and self.official:
            return {}
        own = {card.id: card for card in catalog.cards(self.name)}
        found = [_card(entry) for entry in self.listed("videos/models")]
        return {card.id: card for card in found if card} | own


def _frame(name: str, png: bytes) -> dict[str, Any]:
    return {
        "type": "image_url",
        "image_url": {"url": data_url(png)},
        "frame_type": f"{name}_frame",
    }


def _picture(png: bytes) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": data_url(png)}}


def _card(entry: Any) -> ModelCard | None:
    """A model as OpenRouter lists it; None where the entry makes no sense."""
    seconds = [n for n in list_at(entry, "supported_durations") if isinstance(n, int) and n > 0]
    frames = list_at(entry, "supported_frame_images")
    created = number_at(entry, "created")
    try:
        return ModelCard(
            provider="openrouter",
            id=text_at(entry, "id"),
            title=text_at(entry, "name"),
            released=datetime.fromtimestamp(created, UTC).date() if created else None,
            durations=tuple(sorted(float(n) for n in seconds)),
            sizes=_named(entry, "supported_sizes", r"\d+x\d+"),
            ratios=_named(entry, "supported_aspect_ratios", r"\d+:\d+"),
            resolutions=_named(entry, "supported_resolutions", r"\d+[pPkK]"),
            first_frame="first_frame" in frames,
            last_frame="last_frame" in frames,
            audio=dig(entry, "generate_audio") is True,
            seed=dig(entry, "seed") is True,
            prices=_prices(dig(entry, "pricing_skus")),
            sources=(f"openrouter.ai's own list, read {datetime.now(UTC).date()}",),
        )
    except (ValidationError, ValueError, OverflowError, OSError):
        return None


def _named(entry: Any, key: str, pattern: str) -> tuple[str, ...]:
    names = [name for name in list_at(entry, key) if isinstance(name, str)]
    return tuple(name for name in names if re.fullmatch(pattern, name))


def _prices(skus: Any) -> dict[str, Decimal]:
    """Prices per second by resolution, of those entries whose name says that they are per second.

    Where sound or no sound has a price of its own, the dearer counts.
    """
    found: dict[str, Decimal] = {}
    for name, text in skus.items() if isinstance(skus, dict) else ():
        price = _usd(text)
        if price is None or "second" not in str(name).lower():
            continue
        step = re.search(r"\d{3,4}p|\b[124]k\b", str(name).lower().replace("_", " "))
        resolution = step[0].replace("k", "K") if step else ""
        found[resolution] = max(price, found.get(resolution, Decimal(0)))
    return found


def _usd(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
