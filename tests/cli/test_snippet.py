"""`ringup snippet`: the lines go to standard output, remarks about them to standard error."""

import pytest

from ringup.cli.snippet import KINDS
from ringup.render.dhcp_snippets import SNIPPETS
from tests.cli.terminal import Ringup


def test_the_kinds_of_the_command_are_those_that_can_be_rendered() -> None:
    assert tuple(SNIPPETS) == KINDS


def test_the_lines_alone_are_on_standard_output(ringup: Ringup) -> None:
    said = ringup("snippet", "dnsmasq", "--server", "192.168.1.10")
    assert said.status == 0
    assert said.out.splitlines()[0] == "dhcp-vendorclass=set:cisco-phone,Cisco Systems"
    assert "ringup serve --no-dhcp" in said.err
    assert "not tried" not in said.err
    assert "not tried" in ringup("snippet", "windows", "--server", "192.168.1.10").err


def test_the_sites_own_address_is_the_default(ringup: Ringup) -> None:
    assert ringup("site", "set", "server_address=10.1.2.3").status == 0
    assert "150,10.1.2.3" in ringup("snippet", "dnsmasq").out


@pytest.mark.parametrize(
    ("words", "said"), [((), "no server_address"), (("--server", "x"), "'x' is not an IPv4")]
)
def test_without_an_address_nothing_is_printed(ringup: Ringup, words: tuple[str, ...], said: str) -> None:
    found = ringup("snippet", "kea", *words)
    assert (found.status, found.out) == (2, "")
    assert said in found.err
    assert "--server 192.168.1.10" in found.err
