"""The animatic from order to movie: exact to the frame, joined to its neighbours, repeatable."""

from __future__ import annotations

import itertools
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest
from tests.unit.providers.orders import (
    Pixels,
    blotches,
    film_order,
    make_order,
    make_picture,
    psnr,
)

from pickup.errors import PickupError
from pickup.providers.animatic import AnimaticProvider, movie
from pickup.providers.animatic.pictures import Raster, to_picture
from pickup.providers.base import JobState, ProviderRefusal

if TYPE_CHECKING:
    from pathlib import Path

RATES = ["24000/1001", "24", "25", "30000/1001", "48", "50", "60000/1001", "60", "120000/1001"]


@pytest.fixture
def neighbours(tmp_path: Path) -> tuple[Path, Path]:
    return (
        make_picture(tmp_path / "first.png", seed=1),
        make_picture(tmp_path / "last.png", seed=2),
    )


def shown(path: Path) -> Pixels:
    """The luma of a reference picture."""
    rgb = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    assert rgb is not None
    return luma(rgb.astype(np.uint8))


def luma(frame: Pixels) -> Pixels:
    return to_picture(frame, Raster(frame.shape[1], frame.shape[0])).planes[0]


@pytest.mark.parametrize("rate", RATES)
def test_has_the_frames_the_handles_and_the_rate_to_the_last(tmp_path: Path, rate: str) -> None:
    order = make_order(frames=31, handles=8, rate=rate)
    provider = AnimaticProvider()
    path = provider.fetch(
        "job", order, provider.poll("job", order), tmp_path / "t.mov", lambda _: None
    )
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        times = [(f.pts or 0) * Fraction(f.time_base or 0) for f in file.decode(stream)]
        assert stream.average_rate == order.request.rate
    assert times == [number / order.request.rate for number in range(31 + 16)]


@pytest.mark.parametrize(
    ("size", "aspect"),
    [
        ((720, 576), "16/11"),
        ((90, 160), "1"),
        ((161, 91), "1"),
        ((16, 16), "1"),
        ((288, 216), "4/3"),
    ],
)
def test_has_the_raster_and_says_how_it_is_shown(
    tmp_path: Path, size: tuple[int, int], aspect: str, neighbours: tuple[Path, Path]
) -> None:
    for first, last in (neighbours, (None, None)):
        order = make_order(
            first=first, last=last, frames=3, handles=1, width=size[0], height=size[1],
            pixel_aspect=aspect,
        )  # fmt: skip
        path = AnimaticProvider().fetch(
            "job", order, AnimaticProvider().poll("job", order), tmp_path / "t.mov", lambda _: None
        )
        with av.open(str(path)) as file:
            stream = file.streams.video[0]
            assert (stream.width, stream.height) == size
            assert stream.sample_aspect_ratio == Fraction(aspect)
            assert int(stream.codec_context.colorspace) == 1
            assert sum(1 for _ in file.decode(stream)) == 5


@pytest.mark.parametrize("words", ["push in", "pull back", "pan left", "handheld", "hold on", ""])
def test_opens_on_the_first_picture_and_closes_on_the_last(
    tmp_path: Path, neighbours: tuple[Path, Path], words: str
) -> None:
    first, last = neighbours
    frames = film_order(make_order(first=first, last=last, words=words, frames=48), tmp_path)
    assert psnr(luma(frames[4]), shown(first)) > 45
    assert psnr(luma(frames[4 + 47]), shown(last)) > 45


def test_holds_the_ends_in_the_handles(tmp_path: Path, neighbours: tuple[Path, Path]) -> None:
    first, last = neighbours
    frames = film_order(make_order(first=first, last=last, words="push in"), tmp_path)
    assert all(psnr(luma(frame), shown(first)) > 45 for frame in frames[:5])
    assert all(psnr(luma(frame), shown(last)) > 45 for frame in frames[-5:])


@pytest.mark.parametrize("which", ["first", "last"])
def test_films_one_neighbour_alone(
    tmp_path: Path, neighbours: tuple[Path, Path], which: str
) -> None:
    path = neighbours[which == "last"]
    given: dict[str, Any] = {which: path}
    frames = film_order(make_order(words="push in", frames=96, **given), tmp_path)[4:-4]
    joined, free = (frames[0], frames[-1]) if which == "first" else (frames[-1], frames[0])
    assert psnr(luma(joined), shown(path)) > 45
    assert psnr(luma(free), shown(path)) < 30


def test_eases_and_never_jumps(tmp_path: Path, neighbours: tuple[Path, Path]) -> None:
    order = make_order(first=neighbours[0], words="fast pan right", frames=72, handles=0)
    frames = [luma(frame).astype(int) for frame in film_order(order, tmp_path)]
    steps = [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(frames)]
    assert steps[0] < 0.5 > steps[-1]
    assert max(steps) < 3 * np.median(steps)


def test_pans_the_way_it_was_asked(tmp_path: Path, neighbours: tuple[Path, Path]) -> None:
    """Panning right, what was on the right comes to the middle."""
    ways = {}
    for way in ("left", "right"):
        order = make_order(first=neighbours[0], words=f"pan {way}", frames=96, lettering=False)
        ways[way] = luma(film_order(order, tmp_path)[-1])[20:70, 40:120]
    whole = shown(neighbours[0])
    for way, sign in (("left", -1), ("right", 1)):
        at = {s: psnr(ways[way], whole[20:70, 40 + s * 13 : 120 + s * 13]) for s in (-1, 1)}
        assert at[sign] > at[-sign] + 2


def test_bridges_the_motion_of_a_short_gap(tmp_path: Path) -> None:
    first = make_picture(tmp_path / "a.png", size=(320, 180), seed=1)
    last = make_picture(tmp_path / "b.png", size=(320, 180), seed=1, shift=16)
    order = make_order(
        first=first, last=last, frames=17, handles=0, width=320, height=180, lettering=False
    )
    frames = film_order(order, tmp_path)
    for number in (4, 8, 12):
        true = luma(blotches((320, 180), 1, number))
        assert psnr(luma(frames[number])[20:-20, 30:-30], true[20:-20, 30:-30]) > 30


@pytest.mark.parametrize("given", [(), ("first",), ("last",), ("first", "last")])
def test_is_the_same_to_the_pixel_for_the_same_order(
    tmp_path: Path, neighbours: tuple[Path, Path], given: tuple[str, ...]
) -> None:
    refs: dict[str, Any] = {
        k: v for k, v in zip(("first", "last"), neighbours, strict=True) if k in given
    }
    order = make_order(words="handheld", frames=12, seed=9, **refs)
    one, two = (film_order(order, tmp_path / name) for name in ("one", "two"))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_makes_each_take_its_own(tmp_path: Path) -> None:
    one, two = (film_order(make_order(frames=2, take=take), tmp_path) for take in (1, 2))
    assert psnr(one[3], two[3]) < 35


def test_letters_the_shot_but_not_its_joins(tmp_path: Path, neighbours: tuple[Path, Path]) -> None:
    films = [
        film_order(
            make_order(
                first=neighbours[0], last=neighbours[1], words="Her hands", frames=48,
                width=480, height=270, lettering=lettering,
            ),
            tmp_path,
        )
        for lettering in (True, False)
    ]  # fmt: skip
    differ = [
        float(np.abs(a[200:].astype(int) - b[200:]).mean()) for a, b in zip(*films, strict=True)
    ]
    assert max(differ[:6]) < 0.2 > max(differ[-6:])
    assert min(differ[14:40]) > 1
    assert psnr(films[0][28][:150], films[1][28][:150]) > 40


def test_letters_a_slate_from_its_first_frame(tmp_path: Path) -> None:
    films = [
        film_order(make_order(frames=2, width=480, height=270, lettering=on), tmp_path)
        for on in (True, False)
    ]
    assert np.abs(films[0][0].astype(int) - films[1][0]).max() > 80


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_films_the_shortest_shots(
    tmp_path: Path, neighbours: tuple[Path, Path], frames: int
) -> None:
    first, last = neighbours
    film = film_order(make_order(first=first, last=last, frames=frames, handles=0), tmp_path)
    assert len(film) == frames
    assert psnr(luma(film[0]), shown(first)) > 45
    if frames > 1:
        assert psnr(luma(film[-1]), shown(last)) > 45


def test_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[float] = []
    order = make_order(frames=10, handles=0)
    AnimaticProvider().fetch(
        "job", order, AnimaticProvider().poll("job", order), tmp_path / "take.webm", told.append
    )
    assert told == pytest.approx([n / 10 for n in range(11)])
    assert [path.name for path in tmp_path.iterdir()] == ["take.mov"]


def test_names_a_job_after_its_order() -> None:
    provider = AnimaticProvider()
    orders = [make_order(), make_order(take=2), make_order(words="pan left"), make_order()]
    ids = [provider.submit(order) for order in orders]
    assert ids[0] == ids[3]
    assert len(set(ids)) == 3
    status = provider.poll(ids[0], orders[0])
    assert (status.state, status.progress) == (JobState.DONE, 1.0)


def test_leaves_nothing_of_a_film_that_failed(tmp_path: Path) -> None:
    order = make_order(first=tmp_path / "gone.png")
    status = AnimaticProvider().poll("job", order)
    with pytest.raises(ProviderRefusal, match=r"gone\.png"):
        AnimaticProvider().fetch("job", order, status, tmp_path / "take.mov", lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_says_which_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    order = make_order(frames=1)
    with pytest.raises(PickupError, match="cannot be written"):
        AnimaticProvider().fetch(
            "job", order, AnimaticProvider().poll("job", order), tmp_path / "file/t.mov", print
        )


def test_gives_up_when_it_is_interrupted(tmp_path: Path) -> None:
    def stop(part: float) -> None:
        if part > 0.5:
            raise KeyboardInterrupt

    order = make_order()
    with pytest.raises(KeyboardInterrupt):
        AnimaticProvider().fetch(
            "job", order, AnimaticProvider().poll("job", order), tmp_path / "t.mov", stop
        )
    assert list(tmp_path.iterdir()) == []


def test_imports_nothing_heavy_before_it_films() -> None:
    code = (
        "import sys; from pickup.providers.animatic import AnimaticProvider as P; P().cards();"
        "print(sorted({'av', 'cv2', 'numpy', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_says_that_the_disk_is_full_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import pathlib, resource, signal, sys\n"
        "from pickup.errors import PickupError\n"
        "from tests.unit.providers.orders import film_order, make_order\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try: film_order(make_order(width=640, height=360), pathlib.Path(sys.argv[1]))\n"
        "except PickupError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "take.mov: cannot be written" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_refuses_what_cannot_be_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(movie._OPTIONS, "preset", "no such preset")
    with pytest.raises(ProviderRefusal, match="SH010: 160×90 at 24 cannot be encoded"):
        film_order(make_order(frames=1), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rate", ["1", "12", "1000", "1000000", "13/7"])
def test_films_at_any_rate(tmp_path: Path, rate: str) -> None:
    assert len(film_order(make_order(frames=5, rate=rate), tmp_path)) == 13
