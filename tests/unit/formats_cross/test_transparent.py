"""Adjustment layers and clips of opacity 0, as each program writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.formats_fcpxml.documents import ASSET, HD25, build
from tests.unit.formats_otio.conftest import Made
from tests.unit.formats_xmeml.xmeml_documents import clip, sequence, track, xmeml

from pickup.cut.files import open_cut_file
from pickup.cut.gaps import find_gaps

if TYPE_CHECKING:
    from pathlib import Path

HOLE: list[Any] = [(48, 48, "empty")]
WHOLE: list[Any] = []
MAKE = Made()


def gaps(path: Path) -> list[tuple[int, int, str]]:
    return [
        (g.start, g.duration, g.kind.value) for g in find_gaps(open_cut_file(path).cuts[0]).gaps
    ]


def premiere_layer(name: str, made_from: str = "<mediaSource>Slug</mediaSource>") -> str:
    body = f'<file id="file-9"><name>{name}</name>{made_from}</file>'
    return clip(0, 144, 9, body=body).replace("<name>clip 9</name>", f"<name>{name}</name>")


def opacity(value: str, inner: str = "", enabled: str = "TRUE") -> str:
    return (
        f"<filter><enabled>{enabled}</enabled><effect><name>Opacity</name>"
        "<effectid>opacity</effectid><parameter><parameterid>opacity</parameterid>"
        f"<value>{value}</value>{inner}</parameter></effect></filter>"
    )


KEYS = "<keyframe><when>0</when><value>0</value></keyframe>"


class TestXmeml:
    def scene(self, *above: str, between: str = "") -> str:
        base = track(clip(0, 48, 1), between, clip(96, 144, 2))
        return xmeml(sequence(base, *(track(one) for one in above)))

    @pytest.mark.parametrize("name", ["Adjustment Layer", "Einstellungsebene", "調整レイヤー"])
    def test_an_adjustment_layer_over_the_whole_cut(self, wrote: Any, name: str):
        assert gaps(wrote("a.xml", self.scene(premiere_layer(name)))) == HOLE

    def test_black_video_over_the_whole_cut_is_black(self, wrote: Any):
        found = gaps(wrote("a.xml", self.scene(premiere_layer("Black Video"))))
        assert found == [(48, 48, "slug")]

    def test_a_file_that_is_called_like_one_is_picture(self, wrote: Any):
        real = premiere_layer("Adjustment Layer", "<pathurl>file://localhost/m/a.mov</pathurl>")
        assert gaps(wrote("a.xml", self.scene(real))) == WHOLE

    def test_resolves_adjustment_clip_is_a_generator(self, wrote: Any):
        made = (
            "<generatoritem><name>Adjustment Clip</name><start>0</start><end>144</end>"
            "<in>0</in><out>144</out><effect><name>Adjustment Clip</name></effect></generatoritem>"
        )
        assert gaps(wrote("a.xml", self.scene(made))) == HOLE

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            (opacity("0"), HOLE),
            (opacity("0.0"), HOLE),
            (opacity("100"), WHOLE),
            (opacity("1"), WHOLE),
            (opacity("0", KEYS), WHOLE),
            (opacity("0", enabled="FALSE"), WHOLE),
            (opacity("0").replace("opacity", "basic", 1).replace("id>opacity", "id>basic"), WHOLE),
        ],
        ids=["zero", "zero as decimal", "full", "faint", "fading", "switched off", "another"],
    )
    def test_opacity(self, wrote: Any, filters: str, found: list[Any]):
        between = clip(48, 96, 3, inner=filters)
        assert gaps(wrote("a.xml", self.scene(between=between))) == found


ADJUSTMENT = '<effect id="r6" name="Adjustment Clip" uid="FFAdjustmentEffect"/>'


class TestFcpxml:
    def scene(self, *connected: str, blend: str | None = None) -> str:
        shot = '<asset-clip ref="r2" offset="{}s" duration="2s" start="100s">{}</asset-clip>'
        middle = '<gap offset="2s" start="0s" duration="2s"/>'
        if blend is not None:
            middle = shot.format(2, blend)
        spine = shot.format(0, "".join(connected)) + middle + shot.format(4, "")
        return build(spine, resources=HD25 + ASSET + ADJUSTMENT, version="1.14")

    def test_an_adjustment_clip_over_the_whole_cut(self, wrote: Any):
        layer = '<video ref="r6" lane="1" offset="100s" duration="6s" role="adjustments"/>'
        assert gaps(wrote("a.fcpxml", self.scene(layer))) == [(50, 50, "empty")]

    def test_a_title_made_to_adjust_what_is_below(self, wrote: Any):
        text = self.scene('<title ref="r7" lane="1" offset="100s" duration="6s"/>')
        effect = '<effect id="r7" name="Adjustment Layer" uid="~/Titles.localized/Adj.moti"/>'
        found = gaps(wrote("a.fcpxml", text.replace(ADJUSTMENT, effect)))
        assert found == [(50, 50, "empty")]

    @pytest.mark.parametrize(
        ("blend", "found"),
        [
            ('<adjust-blend amount="0"/>', [(50, 50, "empty")]),
            ('<adjust-blend amount="0.25"/>', []),
            ('<adjust-blend mode="screen"/>', []),
            ('<adjust-blend amount="0"><param name="amount" value="0"/></adjust-blend>', []),
        ],
        ids=["nothing", "a quarter", "only a mode", "key frames"],
    )
    def test_opacity(self, wrote: Any, blend: str, found: list[Any]):
        assert gaps(wrote("a.fcpxml", self.scene(blend=blend))) == found


def resolve_opacity(value: float, keys: dict[str, Any] | None = None, on: bool = True) -> Any:
    parameter = {"Parameter ID": "opacity", "Parameter Value": value, "Key Frames": keys or {}}
    effect = {"Effect Name": "Composite", "Enabled": on, "Parameters": [parameter]}
    return {"OTIO_SCHEMA": "Effect.1", "metadata": {"Resolve_OTIO": effect}}


def premiere_opacity(value: float, name: str = "Opacity", **more: Any) -> Any:
    parameter = {"DisplayName": name, "StartValue": {"Value": value}} | more
    effect = {"MatchName": "AE.ADBE Opacity", "Parameters": [parameter]}
    return {"OTIO_SCHEMA": "Effect.1", "metadata": {"PremierePro_OTIO": effect}}


class TestOtio:
    def scene(self, middle: Any, *above: Any) -> str:
        base = MAKE.track(MAKE.clip(48), middle, MAKE.clip(48))
        return json.dumps(MAKE.timeline(base, *(MAKE.track(one) for one in above)))

    @pytest.mark.parametrize(
        "reference",
        [
            {"OTIO_SCHEMA": "MissingReference.1"},
            {"OTIO_SCHEMA": "GeneratorReference.1", "generator_kind": "Adjustment Clip"},
        ],
    )
    def test_an_adjustment_clip_over_the_whole_cut(self, wrote: Any, reference: Any):
        named: dict[str, Any] = {
            "name": "Adjustment Clip",
            "media_references": {"DEFAULT_MEDIA": reference},
        }
        layer = MAKE.clip(144, **named)
        assert gaps(wrote("a.otio", self.scene(MAKE.gap(48), layer))) == HOLE

    @pytest.mark.parametrize(
        ("effect", "found"),
        [
            (resolve_opacity(0.0), HOLE),
            (resolve_opacity(50.0), WHOLE),
            (resolve_opacity(0.0, {"0": {"Value": 0.0}}), WHOLE),
            (resolve_opacity(0.0, on=False), WHOLE),
            (premiere_opacity(0.0), HOLE),
            (premiere_opacity(0.0, "Deckkraft"), HOLE),
            (premiere_opacity(0.0, "Blend Mode"), WHOLE),
            (premiere_opacity(0.0, Keyframes=[{"Value": 100}]), WHOLE),
            (premiere_opacity(100.0), WHOLE),
            (premiere_opacity(0.0) | {"enabled": False}, WHOLE),
        ],
    )
    def test_opacity(self, wrote: Any, effect: Any, found: list[Any]):
        assert gaps(wrote("a.otio", self.scene(MAKE.clip(48, effects=[effect])))) == found

    def test_the_opacity_of_a_nested_sequence(self, wrote: Any):
        inner = MAKE.stack(MAKE.track(MAKE.clip(48)), effects=[resolve_opacity(0.0)])
        assert gaps(wrote("a.otio", self.scene(inner))) == HOLE

    def test_the_edl_made_of_it_leaves_the_layer_out_and_says_so(self, wrote: Any, across: Any):
        named: dict[str, Any] = {"name": "Adjustment Clip"}
        missing: dict[str, Any] = {
            "media_references": {"DEFAULT_MEDIA": {"OTIO_SCHEMA": "MissingReference.1"}}
        }
        path = wrote("a.otio", self.scene(MAKE.gap(48), MAKE.clip(144, **named, **missing)))
        made, notes = across(open_cut_file(path).cuts[0], ".edl")
        assert [(i.start, i.end) for t in made.video_tracks for i in t.items] == [
            (0, 48),
            (96, 144),
        ]
        assert "The EDL leaves out adjustment layers and transparent clips: 1." in notes

    @pytest.mark.parametrize("suffix", [".xml", ".fcpxml", ".otio"])
    def test_in_another_format_it_is_disabled_and_hides_nothing(
        self, wrote: Any, across: Any, suffix: str
    ):
        above = [
            track(clip(48, 144, 8, inner=opacity("0"))),
            track(premiere_layer("Adjustment Layer")),
        ]
        base = track(clip(0, 48, 1), clip(96, 144, 2))
        cut = open_cut_file(wrote("a.xml", xmeml(sequence(base, *above)))).cuts[0]
        made, notes = across(cut, suffix if suffix != ".xml" else ".otio")
        if suffix == ".xml":
            made, notes = across(made, suffix)
        found = find_gaps(made).gaps
        assert [(g.start, g.duration, g.kind.value) for g in found] == HOLE
        assert [g.before.name for g in found if g.before] == ["clip 1"]
        items = [i for t in made.video_tracks for i in t.items]
        layers = [i for i in items if i.name in ("clip 8", "Adjustment Layer")]
        assert len(layers) == 2
        assert not any(item.visible for item in layers)
        if suffix != ".xml":
            said = "Adjustment layers and clips of opacity 0 are disabled in the new file: 2."
            assert said in notes
