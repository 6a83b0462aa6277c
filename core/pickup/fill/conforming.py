"""Makes a delivered take fit its gap, once: a take that fits already is used as it lies there."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pickup.files import sha256_of
from pickup.fill.takes import PickupRecord, SourceFile, Take, read_takes, take_name, write_take
from pickup.media.conform import ConformSpec, conform
from pickup.media.provenance import movie_tags, write_sidecar, xmp_packet
from pickup.providers.catalog import binds_last
from pickup.shots.request import canonical_sha256
from pickup.timing import nominal, rate_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.model import Cut
    from pickup.fill.folder import PickupFolder
    from pickup.jobs.orders import OrderRecord
    from pickup.media.spec import Deliver
    from pickup.providers.card import ModelCard
    from pickup.shots.request import ShotRequest


_USUAL = ("trimmed", "scaled", "relabelled")
"""How the changes begin that nearly every take needs; the report has these too."""


def conform_take(
    order: OrderRecord,
    shot: ShotRequest,
    cut: Cut,
    folder: PickupFolder,
    deliver: Deliver,
    card: ModelCard,
    progress: Callable[[float], None],
) -> Take:
    """The take of a fulfilled order, conformed into the folder with its record beside it.

    Args:
        card: of the model that made it: whether the file has handles, and ends on the last frame.

    Raises:
        MediaError: the delivered file cannot be read, or the result written.
    """
    assert order.file is not None
    record = _record(order, shot)
    joined = binds_last(card, shot) and not order.source
    spec = _spec(shot, cut, deliver, take=order.take, handled=card.handles, joined=joined)
    identity = _identity(spec, record)
    name_of_take = take_name(shot.id, order.take)
    name = _free_name(folder, name_of_take, identity)
    facts = record.model_dump(mode="json", by_alias=True)
    packet = xmp_packet(facts, reel=spec.reel, scene=cut.name)
    tagged = replace(spec, metadata=movie_tags(facts), xmp=packet)
    done = conform(order.file, tagged, folder.takes / name, progress)
    take = Take(
        record=record,
        file=done.path.relative_to(folder.takes).as_posix(),
        sha256=sha256_of(done.path),
        deliver=deliver,
        rate=cut.rate,
        frames=done.frames,
        visible=shot.frames,
        head=done.head,
        start=done.start,
        drop_frame=cut.drop_frame,
        reel=done.reel,
        width=done.raster.width,
        height=done.raster.height,
        pixel_aspect=done.raster.pixel_aspect,
        audio_channels=done.audio_channels,
        sample_rate=done.sample_rate,
        sequence_files=done.sequence_files,
        spec=identity,
        changes=done.changes,
        order=order.key,
        made_from=order.source,
        made_by=order.change,
        chosen=any(t.chosen for t in read_takes(folder, shot.id) if t.name == name_of_take),
    )
    write_sidecar(done.path, take.metadata(), reel=take.reel, scene=cut.name)
    write_take(folder, take)
    return take


def noticeable(take: Take) -> list[str]:
    """What was done to a take that an editor sees: of other length or rate than was ordered."""
    return [change for change in take.changes if not change.startswith(_USUAL)]


def fits(take: Take, shot: ShotRequest, cut: Cut, folder: PickupFolder, deliver: Deliver) -> bool:
    """Whether a take lies in the folder whole, and conformed to what its shot needs now."""
    number, either = take.record.take, (True, False)
    specs = [
        _spec(shot, cut, deliver, take=number, handled=handled, joined=joined)
        for handled in either
        for joined in either
    ]
    if take.spec not in [_identity(spec, take.record) for spec in specs]:
        return False
    path = folder.takes / take.file
    return path.is_file() and sha256_of(path) == take.sha256


def visible_start(cut: Cut, start: int, handles: int) -> int:
    """Timecode of a shot's first visible frame, as frames: that of its place in the cut.

    An hour later where the head handles would lie before midnight.
    """
    frame = cut.start + start
    return frame if frame >= handles else frame + 3600 * nominal(cut.rate)


def _record(order: OrderRecord, shot: ShotRequest) -> PickupRecord:
    assert order.file is not None
    return PickupRecord(
        shot=shot.id,
        gap=shot.gap.id,
        take=order.take,
        provider=order.provider,
        model=order.model,
        prompt=shot.text,
        negative=shot.negative,
        seed=order.seed,
        cost_usd=float(order.cost_usd if order.cost_usd is not None else order.estimate_usd),
        created=datetime.fromtimestamp(order.updated, UTC).isoformat(timespec="seconds"),
        request_sha256=order.request_sha256,
        source=SourceFile(file=order.file.name, sha256=order.sha256),
    )


def _spec(
    shot: ShotRequest, cut: Cut, deliver: Deliver, *, take: int, handled: bool, joined: bool
) -> ConformSpec:
    return ConformSpec(
        frames=shot.frames,
        rate=cut.rate,
        width=shot.width,
        height=shot.height,
        pixel_aspect=shot.pixel_aspect,
        head=shot.handles,
        tail=shot.handles,
        # Most models begin on the first frame: what they film beyond the gap is a tail alone.
        source_head=shot.handles if handled else 0,
        source_tail=shot.handles if handled else 0,
        start=visible_start(cut, shot.gap.start, shot.handles),
        drop_frame=cut.drop_frame,
        reel=_reel(shot.id, take),
        deliver=deliver,
        audio=shot.audio,
        fit_ends=joined,
    )


def _reel(shot: str, take: int) -> str:
    """A reel name that even an EDL can hold: eight letters and digits."""
    letters = "".join(c for c in shot.upper() if c.isascii() and c.isalnum())
    number = f"T{take:02d}"
    return letters[: 8 - len(number)] + number


def _identity(spec: ConformSpec, record: PickupRecord) -> str:
    data = {
        k: rate_text(v) if k in ("rate", "pixel_aspect") else v for k, v in asdict(spec).items()
    }
    for words in ("metadata", "xmp"):
        data.pop(words)
    return canonical_sha256({"spec": data, "source": record.source.sha256, "gap": record.gap})


def _free_name(folder: PickupFolder, name: str, identity: str) -> str:
    """A name of its own: an NLE may have the older file open, and never expects it to change."""
    beside = {".json", ".xmp"}
    if not any(path.suffix not in beside for path in folder.takes.glob(f"{name}*")):
        return name
    return f"{name}_{identity[:6]}"
