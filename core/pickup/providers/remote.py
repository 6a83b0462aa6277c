"""What all remote providers share: settings, keys, model cards, and the order of things."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from pickup.errors import ProviderError
from pickup.providers import catalog
from pickup.providers.addresses import is_private
from pickup.providers.base import (
    JobState,
    JobStatus,
    ProviderRefusal,
    Refusal,
    SubmitUnknown,
)
from pickup.providers.http import SMALL, Client, Patience
from pickup.providers.keys import Key, base_url, find_key, masked, setting, variable
from pickup.providers.limits import TryLater
from pickup.providers.refusals import kind_of, refuse
from pickup.providers.replies import id_at, list_at
from pickup.providers.uploads import upload_copy, upload_picture
from pickup.shots.request import FrameRef

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pickup.providers.base import FoundJob, Order
    from pickup.providers.card import ModelCard
    from pickup.providers.catalog import Fit
    from pickup.shots.request import ShotRequest

T = TypeVar("T")

PER_MINUTE = 600.0
"""Requests a minute to a service on the internet, unless `PICKUP_<PROVIDER>_PER_MINUTE` says."""

_ANSWERED = frozenset(range(400, 500)) - {401, 403}
"""By these a service has answered, if only that it knows no such thing."""


class RemoteProvider:
    """A service that is reached over HTTP.

    A subclass says how an order, a poll and a fetch look on the wire. It raises what
    `providers.base` says, and holds nothing between calls but its settings.

    Attributes:
        who: the title that messages use.
        home_url: the vendor's own address, with the version.
        header, scheme: how the key travels.
    """

    name: ClassVar[str]
    who: ClassVar[str]
    home_url: ClassVar[str]
    header: ClassVar[str] = "Authorization"
    scheme: ClassVar[str] = "Bearer "
    local: bool = False

    def __init__(
        self, environ: Mapping[str, str] | None = None, *, patience: Patience | None = None
    ) -> None:
        self.environ = dict(os.environ if environ is None else environ)
        self.patience = patience or Patience()

    @cached_property
    def base(self) -> str:
        """The address from the settings, with the vendor's version where it has no path."""
        own = base_url(self.name, self.environ)
        if not own:
            return self.home_url
        return own if urlsplit(own).path.strip("/") else own + urlsplit(self.home_url).path

    @property
    def official(self) -> bool:
        """Whether the vendor's own service is asked, and not a server that speaks like it."""
        return urlsplit(self.base).hostname == urlsplit(self.home_url).hostname

    @cached_property
    def key(self) -> Key | None:
        return find_key(self.name, self.environ)

    @property
    def keys(self) -> Sequence[Key | None]:
        """Every key that a request of it may carry."""
        return (self.key,)

    @cached_property
    def client(self) -> Client:
        """Raises `ProviderRefusal` where a key is needed and there is none."""
        return self.make_client(self.base, self.key, self.header, self.scheme)

    def make_client(self, base: str, key: Key | None, header: str, scheme: str) -> Client:
        """Raises `ProviderRefusal` where a key is needed and there is none."""
        if key is None and not is_private(base):
            raise ProviderRefusal(
                Refusal.KEY,
                f"{self.who} needs a key; keep one in the panel's settings or with "
                f"“pickup keys set {self.name}”, or set {variable(self.name, 'API_KEY')}.",
            )
        return Client(
            provider=self.name,
            who=self.who,
            base=base,
            key=key,
            header=header,
            scheme=scheme,
            patience=self.patience,
            per_minute=self._per_minute(),
        )

    @property
    def brief(self) -> Client:
        """The client for what somebody waits for at the screen: it asks once, and not for long."""
        long = self.patience
        short = replace(
            long, connect=min(3, long.connect), read=min(8, long.read), call=min(15, long.call)
        )
        return replace(self.client, patience=replace(short, tries=1))

    def knock(self) -> None:
        """See, by a question that costs nothing, whether the service is there and takes the key.

        Raises:
            ProviderRefusal: it does not take the key, or there is none.
            ProviderError: it cannot be asked now.
        """
        reply = self.brief.reply("ask", "GET", self.question, fine=_ANSWERED)
        if not reply.good and kind_of(reply.status, reply.value()) is Refusal.KEY:
            said, key = self.client.masked(reply.value()), self.client.key
            found = key.source if key else ""
            raise refuse(self.who, reply.status, said, kind=Refusal.KEY, key_from=found)

    @property
    def question(self) -> str:
        """A path below the base that costs nothing, and wants the key."""
        return "models"

    def listed(self, path: str) -> list[Any]:
        """The models that the service lists itself; none where it cannot be asked now."""
        try:
            return list_at(self.brief.call("ask", "GET", path), "data")
        except ProviderError:
            return []

    def cards(self) -> Sequence[ModelCard]:
        return tuple(self.living(card) for card in catalog.cards(self.name))

    def card(self, model: str) -> ModelCard:
        """The card of a model; one that the catalog does not list gets the provider's general one.

        Raises:
            RequestError: there is no such model.
        """
        return self.living(catalog.card(self.name, model))

    def living(self, card: ModelCard) -> ModelCard:
        """A model that its vendor has shut down lives on where another server has it."""
        if self.official or not card.retired_on(date.max):
            return card
        return card.model_copy(update={"status": "active", "shutdown": None})

    def asked(self, order: Order) -> tuple[ModelCard, Fit]:
        """What to ask for.

        Raises:
            ProviderRefusal: the model cannot do it, or is gone; nothing was sent.
        """
        card = self.card(order.model)
        request = as_ordered(order)
        problems = catalog.check(card, request, filming=not order.source_job)
        if problems:
            raise ProviderRefusal(Refusal.UNSUPPORTED, problems[0])
        return card, catalog.fit(card, request)

    def copies(self, order: Order, asked: Fit, card: ModelCard) -> dict[str, bytes]:
        """The PNGs to send under `first` and `last`, those that the model binds.

        Raises:
            MediaError: a frame cannot be read.
        """
        paths = {"first": order.first_frame, "last": order.last_frame}
        shape = catalog.display_ratio(order.request)
        size = (asked.width, asked.height)
        return {
            name: upload_copy(path, size, shape)
            for name in catalog.frames_taken(card, as_ordered(order))
            if (path := paths[name]) is not None
        }

    def pictures(self, order: Order, card: ModelCard) -> list[bytes]:
        """The PNGs of the reference images that the model takes with this order.

        Raises:
            MediaError: one cannot be read.
        """
        taken = len(catalog.pictures_taken(card, as_ordered(order)))
        return [upload_picture(path) for path in order.pictures[:taken]]

    def failed(
        self, order: Order, said: Any, kind: Refusal | None = None, **facts: Any
    ) -> JobStatus:
        """A job that ended badly, as an answer to a poll."""
        said = masked(said, self.keys)
        refusal = refuse(self.who, None, said, about=order.request.id, kind=kind)
        return JobStatus(JobState.FAILED, refusal=refusal, **facts)

    def without_film(self, order: Order) -> JobStatus:
        """“Completed” without a film is a failure."""
        said = f"{order.request.id}: {self.who} completed the job without a film; order it again."
        return JobStatus(JobState.FAILED, refusal=ProviderRefusal(Refusal.FAILED, said))

    def poll(self, job_id: str, order: Order) -> JobStatus:
        """Where a job stands; a provider that asks for a pause is taken to be still at it."""
        try:
            return self.ask(job_id, order)
        except TryLater as later:
            return JobStatus(JobState.RUNNING, retry_after=later.retry_after)
        except ProviderRefusal as refusal:
            if refusal.kind is Refusal.LOST:
                return self.failed(order, refusal.detail, Refusal.LOST)
            raise self._no_verdict(refusal) from None

    def ask(self, job_id: str, order: Order) -> JobStatus:
        """One poll, as the provider's protocol has it."""
        raise TypeError(f"{type(self).__name__} does not say how it is polled")

    def inquire(
        self,
        path: str,
        *,
        method: str = "GET",
        client: Client | None = None,
        limit: int = SMALL,
        **body: Any,
    ) -> Any:
        """What a service knows of a job that it has accepted.

        Raises:
            ProviderRefusal: it does not know it, or does not take the key.
            ProviderError: it cannot be asked now.
        """
        try:
            return (client or self.client).call("ask", method, path, limit=limit, **body)
        except ProviderRefusal as refusal:
            raise self._no_verdict(refusal) from None

    def _no_verdict(self, refusal: ProviderRefusal) -> ProviderError:
        """What a page that a proxy puts up comes to: it must not end what was paid for."""
        if refusal.kind not in (Refusal.UNSUPPORTED, Refusal.FAILED, Refusal.UNREACHABLE):
            return refusal
        said = f" (“{refusal.detail}”)" if refusal.detail else ""
        return ProviderError(
            f"{self.who} cannot be asked about the job now{said}; run again later."
        )

    def source_of(self, order: Order, ask: Callable[[], T]) -> T:
        """What must be known of an older take before an order leaves.

        Raises:
            ProviderRefusal: it is not to be had; nothing was ordered.
        """
        try:
            return ask()
        except ProviderRefusal:
            raise
        except ProviderError as error:
            raise ProviderRefusal(
                Refusal.UNREACHABLE, f"{order.request.id}: nothing was ordered, for {error}"
            ) from None

    def accepted(self, reply: Any, order: Order, name: str = "id") -> str:
        """The id of the job that an order became.

        Raises:
            SubmitUnknown: the service said yes, and gave none.
        """
        job_id = id_at(reply, name)
        if not job_id:
            raise SubmitUnknown(
                f"{order.request.id}: {self.who} answered the order without an id, so it may have "
                "been accepted; it is not sent again by itself, “pickup jobs” shows it."
            )
        return job_id

    def cancel(self, job_id: str, order: Order) -> bool:
        """By default a service has no way to stop a job."""
        return False

    def find(self, order: Order, since: float) -> Sequence[FoundJob] | None:
        """By default a service keeps no list."""
        return None

    def setting(self, name: str, *vendor: str, default: str = "") -> str:
        """`PICKUP_<PROVIDER>_<NAME>`, else the vendor's variables, else `default`."""
        own = setting(self.name, name, self.environ)
        return own or next(filter(None, (self.environ.get(v, "") for v in vendor)), default)

    def _per_minute(self) -> float:
        text = self.setting("PER_MINUTE")
        if text.isdigit():
            return float(text)
        return 0.0 if is_private(self.base) else PER_MINUTE


def as_ordered(order: Order) -> ShotRequest:
    """The request with the frames that will in fact be sent, and no others."""
    frames = {"first_frame": order.first_frame, "last_frame": order.last_frame}
    return order.request.model_copy(
        update={name: FrameRef(file=str(path)) if path else None for name, path in frames.items()}
    )


def prompt_of(order: Order) -> str:
    """The words to send.

    Raises:
        ProviderRefusal: there are none.
    """
    text = order.request.text.strip() or order.request.words.strip()
    if not text:
        raise ProviderRefusal(
            Refusal.UNSUPPORTED,
            f"{order.request.id}: the shot has no words; write some into the plan.",
        )
    return text


def job_id_in(text: str) -> str:
    """A job's id as it may stand in an address.

    An id comes from a reply, and must not lead a later request elsewhere.
    """
    from urllib.parse import quote

    if not text or text in (".", "..") or len(text) > 500:
        raise ProviderRefusal(Refusal.LOST, "The job has no id that could be asked for.")
    return quote(text, safe="")
