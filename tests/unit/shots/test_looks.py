"""Looks with characters: described and pictured in the shots whose words name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.unit.shots.test_planner import plan_of, scene

from pickup.errors import PlanError
from pickup.files import sha256_of
from pickup.shots.looks import read_look
from pickup.shots.request import Character, Reference

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.shots.looks import Look

LOOK = """
style = "16 mm"
references = ["street.png"]

[[characters]]
name = "Anna"
words = "a woman of forty in a grey coat"
images = ["anna.png", "anna_side.png"]

[[characters]]
name = "the dog"
words = "an old spaniel"
"""


@pytest.fixture
def look(tmp_path: Path) -> Look:
    for name, colour in (("street", "grey"), ("anna", "red"), ("anna_side", "pink")):
        Image.new("RGB", (8, 6), colour).save(tmp_path / f"{name}.png")
    path = tmp_path / "look.toml"
    path.write_text(LOOK, "utf-8")
    return read_look(path)


def test_images_are_found_beside_the_look_and_known_by_content(look: Look, tmp_path: Path):
    anna, dog = look.characters
    assert [image.name for image in anna.images] == ["anna.png", "anna_side.png"]
    assert anna.images[0].sha256 == sha256_of(tmp_path / "anna.png")
    assert anna.images[0].path == str((tmp_path / "anna.png").resolve())
    assert dog.images == ()


def test_who_is_named_is_described_and_pictured(look: Look):
    shot = plan_of(scene(words="anna crosses the street"), look=look).shots[0]
    assert shot.text == (
        "anna crosses the street. Anna: a woman of forty in a grey coat. Style: 16 mm."
    )
    assert [p.name for p in shot.pictures] == ["anna.png", "anna_side.png", "street.png"]


def test_who_is_not_named_stays_away(look: Look):
    shot = plan_of(scene(words="Joanna waits, Annabel sleeps"), look=look).shots[0]
    assert "grey coat" not in shot.text
    assert [p.name for p in shot.pictures] == ["street.png"]


def test_a_name_of_several_words_counts_as_a_whole(look: Look):
    assert "spaniel" in plan_of(scene(words="The Dog barks"), look=look).shots[0].text
    assert "spaniel" not in plan_of(scene(words="a dog barks"), look=look).shots[0].text


def test_what_is_shown_to_the_model_is_part_of_what_is_asked(look: Look):
    shot = plan_of(scene(words="Anna"), look=look).shots[0]
    anna, dog = look.characters
    image = anna.images[0].model_copy(update={"sha256": "0" * 64})
    other = Character(name="Anna", words=anna.words, images=(image,))
    assert shot.sha256() != shot.model_copy(update={"characters": (other, dog)}).sha256()


def test_who_does_not_appear_changes_nothing(look: Look):
    shot = plan_of(scene(words="Anna"), look=look).shots[0]
    assert shot.sha256() == shot.model_copy(update={"characters": look.characters[:1]}).sha256()
    moved = look.references[0].model_copy(update={"path": "/elsewhere/street.png"})
    assert shot.sha256() == shot.model_copy(update={"references": (moved,)}).sha256()


def test_a_shot_without_pictures_is_the_request_that_it_always_was():
    shot = plan_of(scene(words="hands on the board")).shots[0]
    assert shot.pictures == ()
    # Written down: older order books know their requests by this.
    assert shot.sha256() == shot.model_validate(shot.model_dump(by_alias=True)).sha256()
    data = shot.model_dump(mode="json", by_alias=True)
    for key in ("characters", "references"):
        data.pop(key)
    assert shot.sha256() == shot.model_validate(data).sha256()


def test_the_same_picture_is_shown_once(look: Look):
    image = look.references[0]
    shot = plan_of(scene(words="x"), look=look).shots[0]
    twice = shot.model_copy(update={"references": (image, image)})
    assert len(twice.pictures) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('references = ["gone.png"]', "gone.png"),
        ('references = ["look.toml"]', "is none of"),
        ("references = 3", "references"),
        ("references = [3]", "references"),
        ('[[characters]]\nwords = "x"', "name"),
        ('[[characters]]\nname = ""', "name"),
        ('[[characters]]\nname = "A"\nimages = ["gone.jpg"]', "gone.jpg"),
        ('[[characters]]\nname = "A"\nimages = "a.png"', "images"),
        ('characters = "Anna"', "characters"),
        ('[[characters]]\nname = "A"\nface = "round"', "face"),
        ('references = ["a\\u0000b.png"]', "look.toml"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str):
    path = tmp_path / "look.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PlanError, match=r"look\.toml") as refused:
        read_look(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_with_signs_is_taken_as_it_is_written():
    who = Character(name="K. (older)", words="grey")
    assert who.appears_in("then K. (older) sits down")
    assert not who.appears_in("then K. older sits down")


def test_a_reference_is_known_by_a_hash():
    with pytest.raises(ValueError, match="sha256"):
        Reference(name="x", sha256="nonsense")


def test_a_look_saved_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "look.toml"
    path.write_bytes(b'\xef\xbb\xbfstyle = "16 mm, warm"\n')
    assert read_look(path).style == "16 mm, warm"
