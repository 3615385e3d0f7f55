"""What a short command does not do, because it would take longer than the command's own work."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Ringup

WATCHED = """
import atexit, gc, sys

seen = []
gc.callbacks.append(lambda phase, info: seen.append(phase))
atexit.register(lambda: print(len(seen) < 10, len(gc.get_objects()) < 100, file=sys.stderr))
from ringup.__main__ import main

main()
"""
"""A program that runs a command line.

It reports whether Python rarely collected garbage, and whether few objects were left to examine at the end.
"""


IMPORTED = """
import atexit, sys

atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from ringup.__main__ import main

main()
"""
"""A program that runs a command line, and prints the names of the modules that it imported."""

NO_HELP_NEEDS = frozenset(("pydantic", "sqlalchemy", "rich", "asyncio", "ssl", "cryptography"))
NO_SHORT_COMMAND_NEEDS = frozenset(
    (
        "rich",
        "alembic",
        "ruamel",
        "defusedxml",
        "uvicorn",
        "h11",
        "prometheus_client",
        "sqlalchemy.orm",
        "sqlalchemy.ext",
        "sqlalchemy.dialects.postgresql",
        "ringup.serve",
        "ringup.emulator",
        "ringup.engine.tftp",
        "ringup.lint",
    )
)


def after(program: str, *arguments: str) -> str:
    """Run the program with the arguments of `ringup`, and return its standard error."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return done.stderr


@pytest.fixture
def database(ringup: Ringup, tmp_path: Path) -> str:
    """The option that names a database with a site."""
    option = f"--database={tmp_path / 'site.db'}"
    assert ringup("site", "set", "name=office", option).status == 0
    return option


def test_help_imports_nothing_but_the_command_line() -> None:
    assert sorted(NO_HELP_NEEDS & set(after(IMPORTED, "--help").split())) == []


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("status", "--json"),
        ("phone", "add", "001646C0FFEE", "--extension=201"),
        ("phone", "list", "--json"),
    ],
    ids=" ".join,
)
def test_a_command_imports_only_what_it_uses(words: tuple[str, ...], database: str) -> None:
    assert sorted(NO_SHORT_COMMAND_NEEDS & set(after(IMPORTED, *words, database).split())) == []


def test_the_first_command_of_a_site_imports_no_migrations(tmp_path: Path) -> None:
    made = after(IMPORTED, "site", "set", "name=office", f"--database={tmp_path / 'new.db'}").split()
    assert "ringup.store.first_tables" in made
    assert "alembic" not in made


def test_a_phone_is_added_without_the_events(database: str) -> None:
    imported = after(IMPORTED, "phone", "add", "001646C0FFEE", "--extension=201", database).split()
    assert [name for name in imported if name.startswith(("ringup.events", "ringup.journey"))] == []


def test_a_short_command_collects_no_garbage(database: str) -> None:
    assert after(WATCHED, "status", database) == "True True\n"
