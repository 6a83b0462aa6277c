from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cut.urls import file_url, local_path, localhost_url

BASE = Path("/shows/one")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///Users/x/a%20b.mov", "/Users/x/a b.mov"),
        ("file://localhost/Users/x/a%20b.mov", "/Users/x/a b.mov"),
        ("FILE://LOCALHOST/Users/x/a.mov", "/Users/x/a.mov"),
        ("file:/Users/x/a.mov", "/Users/x/a.mov"),
        ("file:///C:/x/a.mov", "C:/x/a.mov"),
        ("file:///C%3a/x/a.mov", "C:/x/a.mov"),
        ("file://localhost/C%3A/x/a.mov", "C:/x/a.mov"),
        ("file:///C|/x/a.mov", "C:/x/a.mov"),
        ("file://C:/x/a.mov", "C:/x/a.mov"),
        ("C:\\x\\a b.mov", "C:/x/a b.mov"),
        ("d:/x/a.mov", "d:/x/a.mov"),
        ("\\\\nas\\share\\a.mov", "//nas/share/a.mov"),
        ("file://nas/share/a%20b.mov", "//nas/share/a b.mov"),
        ("file:////nas/share/a.mov", "//nas/share/a.mov"),
        ("/Users/x/100%25 done%20.mov", "/Users/x/100%25 done%20.mov"),
        ("media/a b.mov", "/shows/one/media/a b.mov"),
        ("media\\a.mov", "/shows/one/media/a.mov"),
        ("./a.mov", "/shows/one/a.mov"),
        ("file:media/a%20b.mov", "/shows/one/media/a b.mov"),
        ("file://./media/a.mov", "/shows/one/media/a.mov"),
        ("/a#b?c.mov", "/a#b?c.mov"),
        ("file:///a%23b%C3%A9.mov", "/a#bé.mov"),
    ],
)
def test_addresses_of_every_kind_lead_to_their_file(url: str, path: str) -> None:
    assert local_path(url, BASE) == Path(path)


@pytest.mark.parametrize(
    "url", ["", "  ", "https://x.com/a.mov", "s3://bucket/a.mov", "ayon:a", "a\0b", "file:///a%00b"]
)
def test_what_is_not_a_local_file_has_no_path(url: str) -> None:
    assert local_path(url, BASE) is None


def test_urls_are_written_as_each_host_wants_them() -> None:
    assert file_url("/x/a b#1%.mov") == "file:///x/a%20b%231%25.mov"
    assert file_url("C:\\x\\a.mov") == "file:///C:/x/a.mov"
    assert file_url("\\\\nas\\share\\a.mov") == "file://nas/share/a.mov"
    assert localhost_url("/x/é.mov") == "file://localhost/x/%C3%A9.mov"
    assert localhost_url("C:/x/a.mov") == "file://localhost/C%3a/x/a.mov"
    assert localhost_url("//nas/share/a.mov") == "file://nas/share/a.mov"


@given(st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1))
def test_a_path_survives_its_urls(name: str) -> None:
    path = Path("/show") / name
    assert local_path(file_url(path), BASE) == path
    assert local_path(localhost_url(path), BASE) == path
