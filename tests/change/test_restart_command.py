"""The shortest command that restarts the phones of a change."""

import pytest

from ringup.change.restart import restart_command
from ringup.site.model import Group, Phone, Site

MACS = [f"00164600000{digit}" for digit in range(1, 5)]
OFFICE = Site(
    groups=(Group(name="lobby"), Group(name="empty")),
    phones=tuple(Phone(mac=mac, group="lobby" if mac in MACS[:2] else "") for mac in MACS),
)


@pytest.mark.parametrize(
    ("macs", "command"),
    [
        (MACS, "ringup restart --all"),
        (MACS[:2], "ringup restart --group lobby"),
        (MACS[:1], f"ringup restart {MACS[0]}"),
        (MACS[1:3], f"ringup restart {MACS[1]} {MACS[2]}"),
    ],
)
def test_phones_are_named_by_all_by_group_or_one_by_one(macs: list[str], command: str) -> None:
    assert restart_command(OFFICE, macs) == command


def test_the_only_phone_is_named() -> None:
    assert restart_command(Site(phones=OFFICE.phones[:1]), MACS[:1]) == f"ringup restart {MACS[0]}"
