"""What the editor looks at: the page and the playhead, moved for our work and put back."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pickup_resolve.api import EDIT_PAGE
from pickup_resolve.errors import ResolveError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup_resolve.api import Resolve, Timeline


@contextlib.contextmanager
def edit_page(resolve: Resolve, timeline: Timeline) -> Iterator[None]:
    """Work on the Edit page, where all calls have their effect; then page and playhead are back.

    Raises:
        ResolveError: Resolve does not answer.
    """
    page = resolve.page()
    resolve.open_page(EDIT_PAGE)
    playhead = timeline.timecode()
    try:
        yield
    finally:
        # Where this fails, Resolve is gone or busy: what the work came to is what matters then.
        with contextlib.suppress(ResolveError):
            if playhead:
                timeline.go_to(playhead)  # Changing timelines has moved it.
            if page and page != EDIT_PAGE:
                resolve.open_page(page)
