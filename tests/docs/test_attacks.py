"""The page on security names the attacks that test it: each exists, and no file of attacks is left out."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ATTACKS = ROOT / "tests" / "attack"
PAGE = (ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


def path_of(name: str) -> Path:
    return ROOT / name if "/" in name else ATTACKS / name


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_each_attack_that_the_page_names_exists(file: str, test: str) -> None:
    tree = ast.parse(path_of(file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert test in [node.name for node in tree.body if isinstance(node, kinds)]


def test_every_file_of_attacks_is_on_the_page() -> None:
    assert {path.name for path in ATTACKS.glob("test_*.py")} == {file for file, _ in NAMED if "/" not in file}
