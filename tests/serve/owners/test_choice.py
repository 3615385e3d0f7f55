"""What is logged at the start about which hosts get a phone's own file."""

import logging
from pathlib import Path

import pytest

from ringup.errors import BindError
from ringup.serve.owners.choice import check_owners, log_owners
from ringup.serve.owners.source import NEIGHBOURS, OWN_LEASES, OwnerSource, read_source


@pytest.fixture(name="kept")
def _kept(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "ringup")
    return caplog


def lines(kept: pytest.LogCaptureFixture) -> list[str]:
    return [f"{record.levelname} {record.getMessage()}" for record in kept.records]


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (OWN_LEASES, "INFO A phone's own file goes to the address that the phone currently leases"),
        (NEIGHBOURS, "INFO A phone's own file goes to the neighbour on the interface that has"),
        (
            read_source("pin"),
            "INFO A phone's own file goes to the neighbour on the interface that has",
        ),
        (read_source("open"), "WARNING --owners open: every phone's file, passwords included"),
    ],
    ids=["leases", "neighbours", "pin", "open"],
)
def test_the_way_is_said(chosen: OwnerSource, line: str, kept: pytest.LogCaptureFixture) -> None:
    log_owners(chosen)
    assert len(lines(kept)) == 1
    assert lines(kept)[0].startswith(line)


def test_a_lease_file_is_named_and_a_missing_one_is_warned_of(
    kept: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    log_owners(read_source(f"leases:{tmp_path}/leases"))
    assert f"currently leases according to {tmp_path}/leases" in lines(kept)[0]
    assert lines(kept)[1].startswith(f"WARNING {tmp_path}/leases does not exist yet")


def test_only_a_way_that_cannot_work_is_refused(tmp_path: Path) -> None:
    check_owners(OWN_LEASES)
    check_owners(read_source(f"leases:{tmp_path}/missing"))
    with pytest.raises(BindError):
        check_owners(read_source(f"leases:{tmp_path}"))
