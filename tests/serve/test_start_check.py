"""What a server reports about its machine when it starts, and about a port that another program uses."""

import errno
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.check.facts import Facts, Listener, ManagerRefusal, PbxState
from ringup.check.rules import RULES
from ringup.errors import BindError
from ringup.finding import ERROR, WARNING
from ringup.rule import Unknown
from ringup.serve.options import Options
from ringup.serve.start_check import (
    MOST_PHONES_ASKED,
    look_at_asterisk,
    look_at_the_machine,
    naming_the_holder,
)
from ringup.site.model import Phone, Site
from tests.check.cases import CASES
from tests.check.sound import SITE, SOUND

OPTIONS = Options("eth0", "ringup.db", Path("/nowhere"))


def told(facts: Facts) -> list[str]:
    with patch("ringup.check.probes.quick.quick", return_value=facts):
        results = look_at_the_machine(OPTIONS, None, SITE, "eth0")
    return [
        str(problem) for result in results for kind in (ERROR, WARNING) for problem in result.problems(kind)
    ]


def test_a_sound_machine_says_nothing() -> None:
    assert told(SOUND) == []


def test_a_firewall_that_drops_requests_is_named_with_its_cure() -> None:
    assert told(CASES["a firewall that drops TFTP's requests"].facts) == [
        "firewall: TFTP: iptables (chain INPUT) drops a request: -A INPUT -p udp --dport 69 -j REJECT. "
        "Let it through: iptables -I INPUT -i eth0 -p udp --dport 69 -j ACCEPT"
    ]


def test_what_the_site_lacks_is_told_elsewhere() -> None:
    for name in ("no phones", "no network", "a load that is not filed"):
        assert told(CASES[name].facts) == []


def test_what_takes_time_is_not_looked_at() -> None:
    slow = Unknown("this takes time")
    facts = replace(CASES["a full disk"].facts, listeners=slow, other_dhcp=slow, pbx=slow, sntp=slow)
    assert len(told(facts)) == 1


def asterisk_told(said: PbxState | ManagerRefusal | Unknown, site: Site = SITE) -> dict[str, str]:
    """The state of each rule about Asterisk."""
    with (
        patch("ringup.check.probes.pbx.state", return_value=said) as asked,
        patch("ringup.check.probes.pbx.files", return_value=SOUND.pbx_files),
    ):
        results = look_at_asterisk(site, dhcp=True)
    (some,) = asked.call_args.args
    assert len(some.phones) <= MOST_PHONES_ASKED
    return {result.code: result.state for result in results}


def test_every_rule_about_asterisk_but_the_link_is_asked_while_the_server_runs() -> None:
    assert isinstance(SOUND.pbx, PbxState)
    told = asterisk_told(SOUND.pbx)
    assert set(told.values()) == {"sound"}
    assert set(told) == {code for code in RULES if code.startswith("pbx-")} - {"pbx-manager", "pbx-verify"}
    lacking = asterisk_told(replace(SOUND.pbx, applications=frozenset()))
    assert lacking["pbx-applications"] == "found"


def test_an_asterisk_that_does_not_answer_leaves_everything_open() -> None:
    told = asterisk_told(ManagerRefusal("It is down.", "Start it."))
    assert told.pop("pbx-files") == "sound"
    assert set(told.values()) == {"waiting"}


@pytest.mark.thorough
def test_asterisk_is_not_asked_for_each_of_ten_thousand_lines() -> None:
    phones = tuple(Phone(mac=f"{number:012X}") for number in range(1, 10_000))
    asterisk_told(Unknown("not asked"), SITE.model_copy(update={"phones": phones}))


def refused(cause: OSError, *sockets: Listener) -> str:
    """The error of a DHCP socket on eth0, beside these."""
    with (
        patch("ringup.check.probes.ports.listeners", return_value=sockets),
        pytest.raises(BindError) as caught,
        naming_the_holder("eth0", "udp", (67,)),
    ):
        raise BindError("UDP port 67 on eth0", f"{cause.strerror}.", "Find it.") from cause
    return str(caught.value)


TAKEN = OSError(errno.EADDRINUSE, "Address already in use")
DNSMASQ = Listener("udp", "0.0.0.0", 67, "eth0", "dnsmasq", 7)


def test_the_program_that_has_a_port_is_named() -> None:
    assert refused(TAKEN, DNSMASQ) == (
        "UDP port 67 on eth0: dnsmasq (process 7) has UDP port 67. Stop it: systemctl disable --now dnsmasq"
    )


def test_a_second_ringup_is_named_as_such() -> None:
    assert "Another ringup server (process 7) has UDP port 67." in refused(
        TAKEN, replace(DNSMASQ, is_ringup=True)
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(DNSMASQ, port=69),
        replace(DNSMASQ, device="virbr0"),
        replace(DNSMASQ, protocol="tcp"),
        replace(DNSMASQ, address="[::]"),
        replace(DNSMASQ, program=""),
    ],
)
def test_nobody_is_blamed_for_another_socket(other: Listener) -> None:
    assert refused(TAKEN, other) == "UDP port 67 on eth0: Address already in use. Find it."


def test_nobody_is_blamed_for_a_missing_right() -> None:
    denied = OSError(errno.EACCES, "Permission denied")
    assert refused(denied, DNSMASQ) == "UDP port 67 on eth0: Permission denied. Find it."
