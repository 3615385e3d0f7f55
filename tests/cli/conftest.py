"""A `ringup` with an empty database, for the commands that keep and change records."""

from pathlib import Path

import pytest

from tests.cli.terminal import Ringup, terminal


@pytest.fixture
def ringup(tmp_path: Path) -> Ringup:
    """The command line on a database that nobody has used."""
    return terminal(tmp_path / "ringup.db")
