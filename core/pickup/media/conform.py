"""Makes a take fit its gap exactly: frames, rate, raster, colour, timecode, reel, sound.

Everything streams: one frame of the take is held at a time, whatever its length. The result is
written aside, opened again and checked, and only then takes its name.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import av
import av.error

from pickup.errors import MediaError
from pickup.files import unwritable, written_aside
from pickup.media import movie, sequences
from pickup.media.check import check_movie, check_sequence
from pickup.media.frames import EndOfMedia, FrameReader
from pickup.media.images import read_image
from pickup.media.picture import Conformer, fit_change, seen_raster
from pickup.media.probe import Probe, probe
from pickup.media.sampling import Sampling, TakeLength, sample
from pickup.media.sound import SAMPLE_RATE, SoundReader
from pickup.media.spec import DELIVERIES, SEQUENCES, Conformed, ConformSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from av.video.frame import VideoFrame

__all__ = ["ConformSpec", "Conformed", "conform"]

_MOST_LOST = 0.1
"""Of a take: this much at its end may be undecodable, and is held over. More, and it is damaged."""


class Writer(Protocol):
    """Where conformed frames go."""

    def write(self, frame: VideoFrame) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


@dataclass(slots=True)
class Job:
    """One conform under way.

    Attributes:
        head: handle frames given, which timecode zero may limit.
        changes: grows as the work finds more to say.
    """

    source: Path
    probed: Probe
    spec: ConformSpec
    sampling: Sampling
    head: int
    changes: list[str]

    @property
    def frames(self) -> int:
        return self.head + self.spec.frames + self.sampling.tail

    @property
    def start(self) -> int:
        return self.spec.start - self.head


def conform(
    source: Path, spec: ConformSpec, out: Path, progress: Callable[[float], None]
) -> Conformed:
    """Write a take as the clip that its gap needs.

    Args:
        source: a movie, or a picture, which is held.
        spec: the clip.
        out: the clip's path without suffix; a sequence gets a folder of that name.
        progress: called with 0 to 1.

    Raises:
        MediaError: the take cannot be used, or what was written is not what was asked for.
        PickupError: `out` cannot be written.
    """
    started = time.perf_counter()
    job = _plan(source, spec)
    if spec.deliver in SEQUENCES:
        path, channels = _deliver_sequence(job, out, progress), 0
    else:
        path, channels = _deliver_movie(job, out, progress)
    return Conformed(
        path=path,
        frames=job.frames,
        head=job.head,
        tail=job.sampling.tail,
        rate=spec.rate,
        start=job.start,
        drop_frame=spec.drop_frame,
        reel=spec.reel,
        raster=spec.raster,
        sequence_files=job.frames if spec.deliver in SEQUENCES else 0,
        audio_channels=channels,
        sample_rate=SAMPLE_RATE if channels else 0,
        seconds=time.perf_counter() - started,
        changes=tuple(job.changes),
    )


def _plan(source: Path, spec: ConformSpec) -> Job:
    """What will be done, known before the first frame is written."""
    if spec.deliver not in DELIVERIES:
        raise MediaError(source, f"cannot be delivered as {spec.deliver!r}")
    probed = probe(source)
    if not probed.width:
        raise MediaError(source, "holds sound but no picture")
    rate = spec.rate if probed.still or probed.rate is None else probed.rate
    length = probed.frames or _count(source)
    if length <= spec.source_head:
        raise MediaError(source, f"has {length} frames, and all of them are handles")
    take = TakeLength(length, rate, spec.source_head, spec.source_tail)
    sampling = sample(
        take, spec.frames, spec.rate, head=spec.head, tail=spec.tail, fit_ends=spec.fit_ends
    )
    # A still's hold is no surprise to anybody.
    changes = [] if probed.still else list(sampling.changes)
    if probed.variable_rate:
        changes.append("made its uneven frames even")
    # Timecode does not go below zero.
    return Job(source, probed, spec, sampling, min(sampling.head, max(0, spec.start)), changes)


def _count(source: Path) -> int:
    """The frames of a take too large to be counted by its packets."""
    with FrameReader(source) as reader:
        index = 0
        while True:
            try:
                reader.frame(index)
            except EndOfMedia as end:
                return end.frames
            index += 1


def _deliver_movie(job: Job, out: Path, progress: Callable[[float], None]) -> tuple[Path, int]:
    path = out.with_name(out.name + ".mov")
    with written_aside(path) as aside, contextlib.ExitStack() as stack:
        sound = None
        if job.spec.audio and job.probed.audio_channels:
            sound = stack.enter_context(_sound(job))
        with _failing_as(path):
            writer = movie.MovieWriter(aside, job.spec, job.start, sound)
            conformer = Conformer(
                job.spec.raster,
                movie.pixel_format(job.spec),
                movie.movie_tags(job.spec),
                job.probed.pixel_aspect,
            )
            _write(job, writer, conformer, progress)
        channels = sound.channels if sound else 0
        check_movie(aside, path, job.spec, job.frames, job.start, channels)
    return path, channels


def _deliver_sequence(job: Job, out: Path, progress: Callable[[float], None]) -> Path:
    with _folder_aside(out) as aside:
        writer = sequences.SequenceWriter(aside, out.name, job.spec, job.start)
        conformer = Conformer(
            job.spec.raster, sequences.PIXEL_FORMAT, sequences.TAGS, job.probed.pixel_aspect
        )
        with _failing_as(out):
            _write(job, writer, conformer, progress)
        check_sequence(aside, out.name, job.spec, job.frames, job.start)
    return out / sequences.file_name(out.name, job.start, job.spec.deliver)


@contextlib.contextmanager
def _failing_as(path: Path) -> Iterator[None]:
    """Failures of the encoder, told of the file that it writes; a full disk passes as OSError."""
    try:
        yield
    except (av.error.FFmpegError, ValueError) as error:
        if isinstance(error, OSError):
            raise
        detail = getattr(error, "strerror", None) or str(error)
        raise MediaError(path, f"cannot be encoded ({detail.lower()})") from error


def _write(
    job: Job, writer: Writer, conformer: Conformer, progress: Callable[[float], None]
) -> None:
    progress(0.0)
    try:
        for done, frame in enumerate(_pictures(job), 1):
            if done == 1:
                _note_fit(job, frame)
            writer.write(conformer(frame))
            progress(done / job.frames)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise


def _note_fit(job: Job, frame: VideoFrame) -> None:
    change = fit_change(seen_raster(frame, job.probed.pixel_aspect), job.spec.raster)
    if change:
        job.changes.append(change)


def _pictures(job: Job) -> Iterator[VideoFrame]:
    """The take's frame for each frame of the clip, handles included."""
    first, end = -job.head, job.spec.frames + job.sampling.tail
    if job.probed.still:
        still = av.VideoFrame.from_ndarray(read_image(job.source), format="rgb24")
        still.time_base = 1 / job.spec.rate
        for _ in range(first, end):
            yield still
        return
    with FrameReader(job.source) as reader:
        held: VideoFrame | None = None
        lost = 0
        for index in range(first, end):
            try:
                held = reader.frame(job.sampling.source(index))
            except EndOfMedia as error:
                if held is None or error.frames < (1 - _MOST_LOST) * (job.sampling.last + 1):
                    raise MediaError(job.source, "is damaged: its end is missing") from error
                lost += 1
            assert held is not None
            yield held
        if lost:
            job.changes.append(f"held a frame over {lost} at the end that cannot be decoded")


def _sound(job: Job) -> SoundReader:
    rate: Fraction = job.probed.rate or job.spec.rate
    first = job.sampling.source(-job.head) / rate
    tempo = job.sampling.step * job.spec.rate / rate
    return SoundReader(job.source, first, tempo)


@contextlib.contextmanager
def _folder_aside(folder: Path) -> Iterator[Path]:
    """A fresh folder beside `folder` that takes its name, and its place, when the block ends well.

    What stood there before is back where it cannot take its place.

    Raises:
        PickupError: it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", dir=folder.parent))
    except OSError as error:
        raise unwritable(folder, error) from error
    old = aside.with_name(aside.name + ".old")
    try:
        yield aside
        aside.chmod(0o755)
        if folder.exists():
            folder.replace(old)
        aside.replace(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.replace(folder)
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
