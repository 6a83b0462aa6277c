"""What both of Google's video services share: the two front doors, and where films are kept."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pickup.providers.base import ProviderRefusal, Refusal
from pickup.providers.downloads import download, keep
from pickup.providers.keys import base_url, find_key
from pickup.providers.remote import RemoteProvider
from pickup.providers.replies import error_of, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from pickup.providers.http import Client
    from pickup.providers.keys import Key

_STORAGE = "https://storage.googleapis.com"
_TOKEN_VARIABLES = ("CLOUDSDK_AUTH_ACCESS_TOKEN",)
_YES = {"1", "true", "yes"}


class GoogleProvider(RemoteProvider):
    """A service that is reached by an API key, or on Agent Platform by a project and a token.

    Agent Platform is meant where `PICKUP_<PROVIDER>_PROJECT` is set, or where Google's own
    `GOOGLE_GENAI_USE_VERTEXAI` (or `…_USE_ENTERPRISE`) is true beside `GOOGLE_CLOUD_PROJECT`. The
    token is `PICKUP_<PROVIDER>_API_KEY` or gcloud's `CLOUDSDK_AUTH_ACCESS_TOKEN`.
    """

    home_url = "https://generativelanguage.googleapis.com/v1beta"
    platform_version = "v1beta1"
    usual_location = "global"

    @cached_property
    def platform(self) -> bool:
        """Whether Agent Platform is meant."""
        if self.setting("PROJECT"):
            return True
        names = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")
        wanted = any(self.environ.get(name, "").lower() in _YES for name in names)
        return wanted and bool(self.project)

    @cached_property
    def project(self) -> str:
        return self.setting("PROJECT", "GOOGLE_CLOUD_PROJECT")

    @cached_property
    def location(self) -> str:
        return self.setting("LOCATION", "GOOGLE_CLOUD_LOCATION", default=self.usual_location)

    @property
    def official(self) -> bool:
        return not self.setting("BASE_URL")

    @cached_property
    def client(self) -> Client:
        return self.door(self.platform)

    @cached_property
    def token(self) -> Key | None:
        """What opens Agent Platform."""
        return find_key(self.name, self.environ, vendor=_TOKEN_VARIABLES)

    @property
    def keys(self) -> Sequence[Key | None]:
        return self.key, self.token

    def door(self, platform: bool) -> Client:
        """The client for one of the two front doors.

        Raises:
            ProviderRefusal: a key is needed and there is none.
        """
        if platform:
            return self.make_client(self._platform_base(), self.token, "Authorization", "Bearer ")
        return self.make_client(self.base, self.key, "x-goog-api-key", "")

    def _platform_base(self) -> str:
        own = base_url(self.name, self.environ)
        if own:
            return own if urlsplit(own).path.strip("/") else f"{own}/{self.platform_version}"
        region = "" if self.location == "global" else f"{self.location}-"
        return f"https://{region}aiplatform.googleapis.com/{self.platform_version}"

    @property
    def place(self) -> str:
        """The project and location as the start of a path."""
        return f"projects/{self.project}/locations/{self.location}"

    @property
    def bucket(self) -> str:
        """Where Agent Platform keeps films (`gs://bucket/folder/`); empty for inside replies."""
        return self.setting("BUCKET")

    def bring(self, client: Client, uri: str, out: Path, progress: Callable[[float], None]) -> Path:
        """Download a film from where Google keeps it; `gs://` by the storage service."""
        if uri.startswith("gs://"):
            storage = self.setting("STORAGE_URL", default=_STORAGE)
            meant = self.official or bool(self.setting("STORAGE_URL"))
            client = replace(client, base=storage, key=client.key if meant else None)
            uri = f"{client.base}/{uri.removeprefix('gs://')}"
        return download(client, uri, out, progress)

    def keep_inline(self, data: str, out: Path) -> Path:
        """Keep a film that came as base64.

        Raises:
            ProviderRefusal: it is not base64, or no film.
        """
        try:
            film = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raise ProviderRefusal(
                Refusal.FAILED, f"{self.who} sent a film that is garbled; order the shot again."
            ) from None
        return keep(self.who, out, film)


def image_of(png: bytes) -> str:
    return base64.b64encode(png).decode()


def error_in(reply: Any) -> dict[str, Any] | None:
    """The error of a reply, in either of the shapes that Google's servers use."""
    if error_of(reply):
        return {"error": error_of(reply)}
    return {"error": {"message": text_at(reply, "error")}} if text_at(reply, "error") else None
