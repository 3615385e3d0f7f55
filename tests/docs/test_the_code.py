"""The pages about the code are true: every file, folder and name in them exists."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ringup"
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "explanation" / "the-code.md"]
PATH = re.compile(r"(?<![\w./-])((?:[\w-]+/)*[\w-]+\.(?:py|c)|(?:[\w-]+/)+(?:[\w-]+)?)(?![\w./-])")
QUOTED = re.compile(r"`([A-Za-z_]\w*)`")
PUBLIC_CLASS = re.compile(r"^class ([A-Z]\w*)", re.MULTILINE)
LAYERS = re.compile(r"^    (cli → .*?)\n\n", re.MULTILINE | re.DOTALL)

MOST_LINES, LONGEST_FUNCTION = 400, 40
"""Maximum numbers of lines of a module and of a function; the aims in CONTRIBUTING are lower."""


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def paragraphs(page: Path) -> list[str]:
    """Return the paragraphs of a page; a row of a table is one paragraph."""
    return re.split(r"\n\s*\n|\n(?=[|-])", text(page))


def exists(path: str, folders: list[str]) -> bool:
    """Return whether a path in the page exists: in the code, in the repository, or in a folder that stands
    beside it.
    """
    places = [ROOT, SOURCE, *(SOURCE / folder for folder in folders)]
    return any((place / path).exists() for place in places)


def missing_paths(words: str) -> list[str]:
    paths = PATH.findall(words)
    folders = [path if path.endswith("/") else str(Path(path).parent) for path in paths if "/" in path]
    return [path for path in paths if not exists(path, folders)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_on_the_page_exists(page: Path) -> None:
    assert sum(len(PATH.findall(each)) for each in paragraphs(page)) > 15
    assert [path for each in paragraphs(page) for path in missing_paths(each)] == []


def test_a_path_that_does_not_exist_would_be_noticed() -> None:
    words = "`serve/parts.py` and `build.py` exist, `serve/spare_parts.py`, `builds.py` and `server/` do not"
    assert missing_paths(words) == ["serve/spare_parts.py", "builds.py", "server/"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_on_the_page_is_in_the_code(page: Path) -> None:
    known = set(re.findall(r"\w+", "\n".join(map(text, modules()))))
    named = [name for name in QUOTED.findall(text(page)) if "_" in name or name != name.lower()]
    assert [name for name in named if name not in known] == []


def checked_layers() -> str:
    settings: dict[str, Any] = tomllib.loads(text(ROOT / "pyproject.toml"))
    (contract,) = (each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    return " → ".join(contract["layers"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_layers_on_the_page_are_those_that_are_checked(page: Path) -> None:
    drawn = LAYERS.search(text(page))
    assert drawn is not None
    assert " ".join(drawn[1].split()) == checked_layers()


def test_every_folder_and_lone_module_has_its_row() -> None:
    table = text(PAGES[1])
    there = [f"{each.name}/" if each.is_dir() else each.name for each in SOURCE.iterdir()]
    there = [name for name in there if not name.startswith("_") and name != "py.typed"]
    assert [name for name in there if f"`{name}`" not in table] == []


@pytest.mark.thorough
def test_no_module_and_no_function_is_beyond_the_limits() -> None:
    too_long = []
    for module in modules():
        source = text(module)
        if source.count("\n") > MOST_LINES:
            too_long.append(module.name)
        too_long += [
            f"{module.name}: {each.name}"
            for each in ast.walk(ast.parse(source))
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.end_lineno is not None
            if each.end_lineno - each.lineno >= LONGEST_FUNCTION
        ]
    assert too_long == []


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for module in modules():
        place = str(module.relative_to(SOURCE))
        if not place.startswith("cli/json_"):  # the forms of JSON have the names of what they show
            for name in PUBLIC_CLASS.findall(text(module)):
                places.setdefault(name, []).append(place)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
