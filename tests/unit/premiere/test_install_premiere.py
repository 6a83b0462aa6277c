"""`pickup install premiere`: lays ready what it can, says the rest, and takes it away again."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.premiere.conftest import fill_fast

from pickup.cli.doctor import doctor
from pickup.cli.install import install as command
from pickup.errors import PickupError, RequestError
from pickup.home import home
from pickup_premiere import install as module
from pickup_premiere import places
from pickup_premiere.checks import checks
from pickup_premiere.exchange import ExchangeOptions
from pickup_premiere.install import install, panel_source
from pickup_premiere.otio_style import OtioStyle
from pickup_premiere.pairing import Pairing
from pickup_premiere.placing import Journal, new_job


@pytest.fixture(autouse=True)
def documents(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path / "Documents"))
    return tmp_path / "Documents"


def test_it_lays_everything_ready(documents):
    lines = "\n".join(install())
    assert (documents / "Pickup Exchange").is_dir()
    panel = places.panel_folder()
    assert {p.name for p in panel.iterdir()} == {p.name for p in panel_source().iterdir()}
    with zipfile.ZipFile(places.panel_package()) as package:
        assert json.loads(package.read("manifest.json"))["host"]["app"] == "premierepro"
        assert package.read("place.js") == (panel_source() / "place.js").read_bytes()
    assert "Window > UXP Plugins > Pickup" in lines
    assert str(documents / "Pickup Exchange") in lines


def test_a_dry_run_touches_nothing(documents):
    lines = install(dry_run=True)
    assert sum(line.startswith("Would") for line in lines) == 4
    assert not places.pairing_file().exists()
    assert not documents.exists()
    assert not places.panel_folder().exists()


def test_again_is_up_to_date():
    install()
    before = places.panel_package().read_bytes()
    lines = install()
    assert any("up to date" in line for line in lines)
    assert places.panel_package().read_bytes() == before


def test_the_token_is_shown_once():
    shown = [line for line in install() if "shown this once" in line]
    token = shown[0].rpartition(" ")[2]
    assert Pairing(places.pairing_file()).accepts(token)
    assert not any("shown this once" in line or token in line for line in install())


def test_an_older_panel_is_replaced():
    install()
    (places.panel_folder() / "old.js").write_text("gone")
    places.panel_package().write_bytes(b"old")
    install()
    assert not (places.panel_folder() / "old.js").exists()
    assert zipfile.is_zipfile(places.panel_package())


def test_it_takes_itself_away_and_leaves_the_exchange_folder(documents):
    install()
    Pairing(places.pairing_file()).new_token()
    ours = (places.panel_folder(), places.panel_package(), places.pairing_file())
    assert all(line.startswith("Would") for line in install(dry_run=True, uninstall=True)[:3])
    assert all(path.exists() for path in ours)
    lines = install(uninstall=True)
    assert not any(path.exists() for path in ours)
    assert (documents / "Pickup Exchange").is_dir()
    assert any("stays" in line for line in lines)
    assert install(uninstall=True) == ["Nothing of Pickup for Premiere is here."]


@pytest.mark.parametrize("manifest", [None, "{", "[]", '{"id": "theirs"}'])
def test_what_somebody_else_put_there_is_left_alone(manifest):
    folder = places.panel_folder()
    folder.mkdir(parents=True)
    (folder / "theirs.txt").write_text("mine")
    if manifest is not None:
        (folder / "manifest.json").write_text(manifest)
    for uninstall in (False, True):
        with pytest.raises(PickupError, match="not of Pickup's making"):
            install(uninstall=uninstall)
    assert (folder / "theirs.txt").read_text() == "mine"


def test_the_settings_can_name_another_folder(tmp_path):
    home().mkdir(parents=True, exist_ok=True)
    settings = home() / "settings.toml"
    settings.write_text(f'[premiere]\nexchange = "{tmp_path.as_posix()}/nas"\n')
    assert places.exchange_folder() == tmp_path / "nas"
    settings.write_text("[premiere]\nexchange = 5\n")
    with pytest.raises(RequestError, match=r"\[premiere\] exchange: .*string"):
        places.exchange_folder()


SETTINGS = """[premiere]
media = "/plain/media"
document = "otio"
own_track = false
[premiere.otio]
clip_schema = 2
url_style = "file_url"
strip_foreign_metadata = false
"""


def test_what_is_handed_to_premiere_is_a_setting():
    assert ExchangeOptions.as_set() == ExchangeOptions(media_folder=places.media_folder())
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text(SETTINGS)
    style = OtioStyle(clip_schema=2, url_style="file_url", strip_foreign_metadata=False)
    plain = Path("/plain/media").absolute()
    assert ExchangeOptions.as_set() == ExchangeOptions("otio", False, False, style, plain)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('document = "aaf"', "document"),
        ("only_pickups = 3", "only_pickups"),
        ('document = "otio"\nonly_pickups = true', "only_pickups: a bin of pickups is FCP7 XML"),
        ("nonsense = 1", "nonsense"),
        ("[premiere.otio]\nclip_schema = 3", "otio.clip_schema"),
    ],
)
def test_a_setting_that_cannot_be_names_itself(words, said):
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text(f"[premiere]\n{words}\n")
    with pytest.raises(RequestError, match=re.escape(f"[premiere] {said}:")):
        ExchangeOptions.as_set()


def checked():
    return {name.removeprefix("Premiere "): (well, said) for name, well, said in checks()}


def test_the_doctor_before_and_after_an_installation(documents):
    before = checked()
    assert [well for well, _ in before.values()] == [None, None, True]
    assert "pickup install premiere" in before["exchange folder"][1]
    install()
    after = checked()
    assert [well for well, _ in after.values()] == [True, True, True]
    assert str(documents) in after["exchange folder"][1]


def test_the_doctor_sees_an_older_panel_and_a_lost_token():
    install()
    places.pairing_file().unlink()
    assert checked()["panel"][0] is False
    assert "--uninstall" in checked()["panel"][1]
    places.panel_package().write_bytes(b"older")
    assert "another version" in checked()["panel"][1]


def test_the_doctor_sees_what_is_half_done(export):
    made = fill_fast(export)
    job = new_job(made.cut, made.placements()[0])
    Journal(places.journal_file()).write(job.model_copy(update={"state": "sent"}))
    well, said = checked()["placing"]
    assert well is False
    assert "not known how far" in said
    Journal(places.journal_file()).write(job.model_copy(update={"state": "done"}))
    assert checked()["placing"][0]


def test_the_doctor_tells_of_settings_that_cannot_be(documents):
    home().mkdir(parents=True, exist_ok=True)
    (home() / "settings.toml").write_text("[premiere]\nexchange = 5\n")
    assert checked()["exchange folder"][0] is False


def test_the_doctor_itself_has_the_lines():
    done = CliRunner().invoke(doctor, [])
    assert done.output.count("Premiere ") >= 3


def test_without_the_panel_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "__file__", str(tmp_path / "a" / "install.py"))
    with pytest.raises(PickupError, match="install it anew"):
        panel_source()


def test_the_command():
    done = CliRunner().invoke(command, ["premiere", "--dry-run"])
    assert done.exit_code == 0
    assert "exchange folder" in done.output


def test_the_package_is_the_same_bytes_for_the_same_files():
    files = {"a.js": b"1", "manifest.json": b"{}"}
    assert module._packed(files) == module._packed(files)
    with zipfile.ZipFile(io.BytesIO(module._packed(files))) as package:
        assert package.namelist() == ["a.js", "manifest.json"]
