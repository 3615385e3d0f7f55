"""The values that `--owners` accepts."""

from pathlib import Path

import pytest

from ringup.serve.options import Options
from ringup.serve.owners.source import NEIGHBOURS, OPEN, OWN_LEASES, PIN, OwnersBy, OwnerSource, read_source


def test_each_way_is_read() -> None:
    assert read_source("leases:/var/lib/a:b") == OwnerSource(OwnersBy.LEASES, Path("/var/lib/a:b"))
    assert read_source("neighbours") == NEIGHBOURS
    assert read_source("pin") == PIN
    assert read_source("open") == OPEN


@pytest.mark.parametrize("text", ["", "leases", "leases:", "open:x", "pin:x", "neighbors", ":", "NEIGHBOURS"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="leases:FILE, neighbours"):
        read_source(text)


def test_the_default_depends_on_who_gives_the_addresses() -> None:
    assert Options("eth0", "", Path()).owners_by == OWN_LEASES
    assert Options("eth0", "", Path(), dhcp=False).owners_by == NEIGHBOURS
    assert Options("eth0", "", Path(), owners=OPEN).owners_by == OPEN
