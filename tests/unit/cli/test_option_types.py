"""What options take, and in which words they refuse the rest."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cli.fill import MoneyType
from pickup.cli.options import FileType, KindsType, RasterType, RateType, kinds_option
from pickup.cut.gap import FILLED_KINDS, GapKind
from pickup.errors import RequestError


def convert(kind: click.ParamType[Any], value: Any) -> Any:
    return kind.convert(value, None, None)


def refused(kind: click.ParamType[Any], value: Any) -> str:
    with pytest.raises((click.BadParameter, RequestError)) as caught:
        convert(kind, value)
    error = caught.value
    return error.format_message() if isinstance(error, click.BadParameter) else str(error)


class TestFiles:
    @pytest.mark.parametrize(
        "name",
        ["scene.otio", "a b/シーン.xml", "resolve:", "concat:a|b", "-", "C:\\cut.otio", "~x"],
    )
    def test_any_name_that_a_file_can_have(self, name: str):
        assert convert(FileType(), name) == Path(name)

    @pytest.mark.parametrize(
        "address",
        [
            "http://a/b.otio",
            "https://a/b.otio",
            "HTTPS://A/B.OTIO",
            "file:///etc/passwd",
            "s3://bucket/key",
            "http:/one-slash",
            "rtmp://a",
        ],
    )
    def test_an_address_is_none(self, address: str):
        assert "is an address, not a file. Download it first." in refused(FileType(), address)

    @pytest.mark.parametrize("name", ["", ".", "/", "a\0b"])
    def test_what_no_file_is_called(self, name: str):
        assert "is not the name of a file. Check what you typed." in refused(FileType(), name)


class TestRates:
    @pytest.mark.parametrize(
        ("text", "rate"),
        [
            ("24", Fraction(24)),
            ("25.0", Fraction(25)),
            ("23.976", Fraction(24000, 1001)),
            ("23.98", Fraction(24000, 1001)),
            ("29.97", Fraction(30000, 1001)),
            ("24000/1001", Fraction(24000, 1001)),
            ("59.94", Fraction(60000, 1001)),
            ("119.88", Fraction(120000, 1001)),
        ],
    )
    def test_as_editors_write_them(self, text: str, rate: Fraction):
        assert convert(RateType(), text) == rate

    @pytest.mark.parametrize("text", ["", "fast", "0", "-24", "24/0", "1e9", "nan", "9" * 41])
    def test_what_is_none(self, text: str):
        message = refused(RateType(), text)
        assert "write it as 24, 23.976 or 24000/1001" in message
        assert len(message) < 200


class TestKinds:
    @pytest.mark.parametrize(
        ("text", "kinds"),
        [
            ("empty", {GapKind.EMPTY}),
            ("empty,marked", set(FILLED_KINDS)),
            (" Slug , TITLE ", {GapKind.SLUG, GapKind.TITLE}),
            ("all", set(GapKind)),
            ("offline,offline", {GapKind.OFFLINE}),
        ],
    )
    def test_by_name_and_separated_by_commas(self, text: str, kinds: set[GapKind]):
        assert convert(KindsType(), text) == kinds

    @given(st.sets(st.sampled_from(list(GapKind)), min_size=1))
    def test_any_set_of_them(self, kinds: set[GapKind]):
        assert convert(KindsType(), ",".join(kind.value for kind in kinds)) == kinds
        assert convert(KindsType(), frozenset(kinds)) == kinds

    @pytest.mark.parametrize("text", ["", "hole", "empty,", "empty;marked", "everything"])
    def test_what_is_none(self, text: str):
        assert "they are empty, slug, title, offline, marked, or all" in refused(KindsType(), text)

    def test_the_default_is_told_only_where_it_is_one(self):
        @click.command()
        @kinds_option(FILLED_KINDS)
        def fill(kinds: Any) -> None: ...

        @click.command()
        @kinds_option(None)
        def gaps(kinds: Any) -> None: ...

        helps = [c.params[0].help for c in (fill, gaps) if isinstance(c.params[0], click.Option)]
        assert ["[default: empty,marked]" in (text or "") for text in helps] == [True, False]


class TestPictureSizes:
    @pytest.mark.parametrize(
        ("text", "size"),
        [
            ("1920x1080", (1920, 1080)),
            ("640X360", (640, 360)),
            ("2048×858", (2048, 858)),
            ("16x16", (16, 16)),
            ("16384x16", (16384, 16)),
        ],
    )
    def test_width_and_height(self, text: str, size: tuple[int, int]):
        assert convert(RasterType(), text) == size
        assert convert(RasterType(), size) == size

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1920",
            "1920x",
            "x1080",
            "15x15",
            "16385x9000",
            "-5x100",
            "1920.5x1080",
            "a×b",
            "²x²",
        ],
    )
    def test_what_is_none(self, text: str):
        assert "is not a picture size; write it as 1920x1080" in refused(RasterType(), text)

    @given(st.integers(16, 16384), st.integers(16, 16384))
    def test_any_within_bounds(self, width: int, height: int):
        assert convert(RasterType(), f"{width}x{height}") == (width, height)


class TestMoney:
    @pytest.mark.parametrize(
        ("text", "amount"),
        [("5", "5"), ("$5", "5"), ("0.25", "0.25"), ("0", "0"), ("1e3", "1000"), ("$0.01", "0.01")],
    )
    def test_dollars_exactly(self, text: str, amount: str):
        assert convert(MoneyType(), text) == Decimal(amount)

    @pytest.mark.parametrize(
        "text", ["", "$", "-1", "five", "nan", "inf", "-inf", "1e30", "5€", "1,50", "0x10"]
    )
    def test_what_is_no_amount(self, text: str):
        assert "is not an amount of dollars" in refused(MoneyType(), text)

    @given(st.decimals(0, 10**6, places=2))
    def test_no_cent_is_lost(self, amount: Decimal):
        assert convert(MoneyType(), str(amount)) == amount
