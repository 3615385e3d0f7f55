"""docs/reference/settings.md lists every key and variable, and its example is valid."""

import re
from pathlib import Path

import click
import pytest

from ringup.cli.config_file import read_config
from ringup.cli.main import cli
from ringup.cli.settings_page import VARIABLES, page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "settings.md"
INTERNAL = {"RINGUP_ISOLATED", "RINGUP_SANDBOX"}
"""Variables with which one process of the demo controls the next."""


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_of_settings_is_up_to_date() -> None:
    assert text() == page(), "run tools/settings-page"


def test_every_variable_that_the_code_names_is_explained() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), ROOT / "run", ROOT / "install", ROOT / "tools" / "prepare.sh"]
    named = {word for file in sources for word in re.findall(r"RINGUP_[A-Z_]*[A-Z]", file.read_text())}
    explained = set(re.findall(r"`(RINGUP_[A-Z_]+)", text()))
    assert named - INTERNAL <= explained
    assert set(VARIABLES) <= named | {"RINGUP_FILES", "RINGUP_FIRMWARE"}


def test_the_example_is_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", text(), re.DOTALL)
    assert example is not None
    file = tmp_path / "ringup.toml"
    file.write_text(example[1])
    context = click.Context(cli, info_name="ringup", **cli.context_settings)
    read_config(file, context)
    assert context.default_map is not None
    assert context.default_map["serve"]["http_ports"] == [6970]


ROWS = re.findall(r"^\| `([\w-]+)` \| `(RINGUP_SERVE_\w+)` \|", page(), re.MULTILINE)


@pytest.mark.parametrize(("key", "variable"), ROWS, ids=lambda text: text)
def test_each_variable_of_serve_is_one_that_the_command_reads(
    key: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve = cli.get_command(click.Context(cli, **cli.context_settings), "serve")
    assert serve is not None
    option = next(row for row in serve.params if f"--{key}" in row.opts)
    monkeypatch.setenv(variable, "17")
    context = click.Context(serve, parent=click.Context(cli, **cli.context_settings), info_name="serve")
    assert option.value_from_envvar(context)
