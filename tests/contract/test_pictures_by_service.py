"""`--look`: who appears in a shot goes with the order, is shown in the bill, and is paid once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PIL import Image
from tests.contract.test_changes_by_service import studio

if TYPE_CHECKING:
    from pathlib import Path


def look(folder: Path) -> Path:
    Image.new("RGB", (64, 48), "red").save(folder / "anna.jpg")
    path = folder / "look.toml"
    path.write_text(
        '[[characters]]\nname = "Anna"\nwords = "grey coat"\nimages = ["anna.jpg"]\n', "utf-8"
    )
    return path


def test_a_character_is_sent_with_the_frames_and_said_beforehand(tmp_path: Path):
    with studio(tmp_path, "gemini") as made:
        retake = ("--retake", "pk010", "--words", "Anna turns", "--look", str(look(tmp_path)))
        code, said = made.run(str(made.cut), "--model", made.model, *retake)
        assert code == 0, said
        assert "the frame after and anna.jpg go to gemini" in said
        body = made.fake.asked("order")[-1].json()
        content = body["input"][0]["content"]
        assert [block["type"] for block in content] == ["image", "image", "image", "text"]
        assert "Anna: grey coat" in content[-1]["text"]
        assert made.sidecar(2)["record"]["prompt"] == "Anna turns. Anna: grey coat."
        assert str(tmp_path) not in json.dumps(body), "no path of this machine leaves it"


def test_the_shot_is_known_again_where_the_image_is_gone(tmp_path: Path):
    with studio(tmp_path, "gemini") as made:
        words = made.cut.with_suffix(".pickup") / "plan.json"
        path = look(tmp_path)
        code, said = made.run(str(made.cut), "--model", made.model, "--look", str(path))
        assert code == 0, said
        charges = made.fake.charges
        (tmp_path / "anna.jpg").unlink()
        code, said = made.run(str(made.cut), "--plan", str(words))
        assert code == 0, said
        assert made.fake.charges == charges
