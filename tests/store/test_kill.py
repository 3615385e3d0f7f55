"""What was reported as durable exists after `kill -9`."""

import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import select

from ringup.store.accounts import read_account
from ringup.store.database import open_database
from ringup.store.leases import read_leases
from ringup.store.revisions import read_site_and_revision, revisions
from ringup.store.tables import sessions
from tests.store import account_changer, committer

KILLS = 6
MOST_LINES = 40
"""Maximum number of lines that are read before the kill; the child may then be at any point of its work."""


def live_and_die(url: str, lines: int, program: ModuleType = committer) -> list[str]:
    """Let a child commit, kill it after so many lines, and return everything that it has printed."""
    command = [sys.executable, str(Path(str(program.__file__))), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        said += child.stdout.readlines()
    # The last line may be incomplete. It was then not reported.
    return [line.removesuffix("\n") for line in said if line.endswith("\n")]


@pytest.mark.thorough
def test_every_lease_and_revision_that_was_promised_outlives_a_kill(url: str) -> None:
    dice = random.Random()
    promised: list[str] = []
    for _ in range(KILLS):
        promised += live_and_die(url, dice.randint(1, MOST_LINES))
        engine = open_database(url)
        site, latest = read_site_and_revision(engine)
        kept = {revision.id for revision in revisions(engine)}
        leases = {lease.address: lease for lease in read_leases(engine)}
        engine.dispose()
        assert {int(line.split()[1]) for line in promised if line.startswith("revision")} <= kept
        assert kept == set(range(1, latest + 1))
        assert latest == 0 or site == committer.site_of(latest)
        for number in (int(line.split()[1]) for line in promised if line.startswith("lease")):
            wanted = committer.lease_of(number)
            assert leases[wanted.address].expires >= wanted.expires
    assert len(promised) >= KILLS


@pytest.mark.thorough
def test_a_new_password_that_was_promised_outlives_a_kill_and_no_older_session_does(url: str) -> None:
    dice = random.Random()
    promised: list[str] = []
    for _ in range(KILLS):
        promised += live_and_die(url, dice.randint(1, MOST_LINES), account_changer)
        engine = open_database(url)
        account = read_account(engine, "larry")
        with engine.connect() as connection:
            kept = connection.execute(select(sessions.c.id)).scalars().all()
        engine.dispose()
        assert account is not None
        latest = int(account.password.split()[1])
        assert latest >= int(promised[-1])
        assert {each.split(".")[0] for each in kept} <= {account_changer.session_of(latest)}
    assert len(promised) >= KILLS
