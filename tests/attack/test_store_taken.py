"""A thief has the database, its journal and the log, but not the key: they contain no password."""

import re
import sys
from pathlib import Path

import pytest

from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.attack.segment import MAC, SECRET, SITE, Segment, segment

pytestmark = pytest.mark.peers

MENU, LATER = "menu-word-4711", "another-word-0815"
SECRETS = (SECRET, MENU, LATER)


def site_with(line_secret: str) -> Site:
    phone = Phone(mac=MAC, password=MENU, lines=(Line(extension="201", secret=line_secret),))
    return Site(**{**dict(SITE), "phones": (phone,)})


def ringup(here: Segment, *arguments: str) -> str:
    command = [sys.executable, "-m", "ringup", *arguments, "--database", str(here.folder / "ringup.db")]
    return here.net.run("server", command).stdout


def found_in(folder: Path) -> list[str]:
    """Return the files that contain a password of the site, in any of its likely encodings."""
    forms = [
        form
        for secret in SECRETS
        for form in (secret.encode(), secret.encode("utf-16-le"), secret.encode().hex().encode())
    ]
    any_form = re.compile(b"|".join(map(re.escape, forms)), re.IGNORECASE)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"ringup.db", "ringup.db-wal", "log", "ringup.db.key"} <= {path.name for path in files}
    return [path.name for path in files if any_form.search(path.read_bytes())]


def test_the_database_its_journal_copies_and_the_log_hold_no_password(tmp_path: Path) -> None:
    with segment(tmp_path, site_with(SECRET)) as here:
        assert here.boot() == ""
        database = open_database(str(tmp_path / "ringup.db"))
        commit(database, site_with(LATER), author="test", summary="another password", at=1.0)
        database.dispose()
        assert LATER in ringup(here, "export", "--reveal")  # the database has the password
        (tmp_path / "backup.db").write_bytes((tmp_path / "ringup.db").read_bytes())
        assert here.boot() == ""
        assert found_in(tmp_path) == []


def test_without_the_key_no_command_tells_a_password(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        assert here.boot() == ""
        (tmp_path / "ringup.db.key").rename(tmp_path / "elsewhere")
        command = [sys.executable, "-m", "ringup", "export", "--reveal"]
        told = here.net.run("server", [*command, "--database", str(tmp_path / "ringup.db")], check=False)
    assert told.returncode != 0
    assert SECRET not in told.stdout
    assert str(tmp_path / "ringup.db.key") in told.stdout
