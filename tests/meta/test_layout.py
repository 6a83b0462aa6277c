"""The layout that four source roots need, which no single tool checks."""

from __future__ import annotations

import ast
import importlib
import json
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
ROOTS = [package.split("/")[0] for package in PACKAGES]
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_every_tool_knows_the_same_roots():
    tools = PYPROJECT["tool"]
    assert [r for r in tools["pytest"]["ini_options"]["pythonpath"] if r != "."] == ROOTS
    assert tools["mypy"]["mypy_path"] == ROOTS
    assert tools["ruff"]["src"] == ROOTS
    assert set(ROOTS) == set(tools["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"])
    assert {p.split("/")[1] for p in PACKAGES} == set(tools["importlinter"]["root_packages"])


def test_roots_are_no_packages():
    assert [r for r in ROOTS if (ROOT / r / "__init__.py").exists()] == []


def test_packages_are_typed_and_say_what_they_are_for():
    for package in PACKAGES:
        assert (ROOT / package / "py.typed").exists()
    silent = [p for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert silent == []


@pytest.mark.parametrize("package", ["pickup", "pickup_ui", "pickup_resolve", "pickup_premiere"])
def test_a_package_is_the_checkouts_own(package):
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).is_relative_to(ROOT)


def test_files_and_functions_keep_their_size():
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 600, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 60, f"{path}:{node.name} has {length} lines"


def test_the_schemas_in_the_docs_are_those_of_the_code():
    from pickup.shots.plan import Plan

    written = json.loads((ROOT / "docs" / "plan.schema.json").read_text("utf-8"))
    assert written == Plan.model_json_schema(by_alias=True), "run: python -m docs.schemas"


def test_every_link_of_the_readme_leads_somewhere():
    import re

    text = (ROOT / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)#\s]+)", text)
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []
