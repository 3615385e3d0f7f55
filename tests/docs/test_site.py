"""The documents are a site: `mkdocs.yml` lists every page, and each link of the built site resolves."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PARTS = ("Home", "Tutorial", "How-to", "Reference", "Explanation")
FETCHED = re.compile(r'<(?:script|img|iframe)[^>]* src="[a-z]*:?//|<link[^>]* href="[a-z]*:?//')
NOT_READ = re.compile(r"<p>[^<]*(?:```|\n(?:- |\d+\. |\|))")
"""Matches Markdown that MkDocs takes for plain text: a fence in a list, a list without an empty line."""


def pages_of(entries: object) -> Iterator[str]:
    """Yield the pages of a part of `nav`."""
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, dict):
        for entry in entries.values():
            yield from pages_of(entry)
    elif isinstance(entries, list):
        for entry in entries:
            yield from pages_of(entry)


def nav() -> list[dict[str, object]]:
    parts: list[dict[str, object]] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    return parts


def test_the_site_has_every_page_once() -> None:
    pages = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
    assert sorted(pages_of(nav())) == pages, "add the page to nav in mkdocs.yml"


def test_each_page_is_in_the_part_of_its_folder() -> None:
    assert tuple(name for part in nav() for name in part) == PARTS
    for part in nav()[1:]:
        ((name, entries),) = part.items()
        assert {page.partition("/")[0] for page in pages_of(entries)} == {name.lower()}


@pytest.mark.thorough
def test_the_site_is_built_and_every_link_and_anchor_resolves(tmp_path: Path) -> None:
    run = subprocess.run(
        [ROOT / "tools/docs-site", tmp_path / "site"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    built = {
        str(path.relative_to(tmp_path / "site").with_suffix(".md")): path.read_text(encoding="utf-8")
        for path in (tmp_path / "site").rglob("*.html")
    }
    assert set(pages_of(nav())) <= set(built)
    assert {name: FETCHED.findall(text) for name, text in built.items() if FETCHED.search(text)} == {}
    assert {name: NOT_READ.findall(text) for name, text in built.items() if NOT_READ.search(text)} == {}
    assert '"search/main.js"' in built["index.md"]
