"""`ringup serve`: what its options mean."""

from typing import Any
from unittest.mock import patch

import pytest

from ringup.serve.options import Options
from tests.cli.terminal import Ringup


def options_of(ringup: Ringup, *arguments: str) -> Options:
    """Return the options with which the server would have been started."""
    with patch("ringup.serve.life.run") as run, patch("ringup.serve.log.start_log"):
        said = ringup("serve", *arguments)
    assert (said.status, said.err) == (0, "")
    options: Any = run.call_args.args[0]
    assert isinstance(options, Options)
    return options


def test_http_is_on_and_the_metrics_are_off(ringup: Ringup) -> None:
    options = options_of(ringup)
    assert (options.http, options.http_ports, options.metrics) == (True, (), None)
    assert options_of(ringup, "--no-http").http is False


def test_ports_may_be_named_several_times(ringup: Ringup) -> None:
    assert options_of(ringup, "--http-port", "8080", "--http-port", "6970").http_ports == (8080, 6970)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:9469", ("127.0.0.1", 9469)),
        ("localhost:1", ("localhost", 1)),
        ("[::1]:9469", ("::1", 9469)),
    ],
)
def test_the_metrics_have_an_address_and_a_port(ringup: Ringup, text: str, place: tuple[str, int]) -> None:
    assert options_of(ringup, "--metrics", text).metrics == place


@pytest.mark.parametrize("text", ["9469", ":9469", "host:", "host:0", "host:65536", "host:x", "host:٣"])
def test_half_a_place_for_the_metrics_is_refused(ringup: Ringup, text: str) -> None:
    said = ringup("serve", "--metrics", text)
    assert said.status == 2
    assert "HOST:PORT, as in 127.0.0.1:9469" in said.err


@pytest.mark.parametrize(
    ("text", "vlan"),
    [("eth0:110", ("eth0", 110)), ("eth0:0", ("eth0", 0)), ("br-lan:4095", ("br-lan", 4095))],
)
def test_a_voice_vlan_has_an_interface(ringup: Ringup, text: str, vlan: tuple[str, int]) -> None:
    assert options_of(ringup, "--voice-vlan", text).voice_vlan == vlan
    assert options_of(ringup).voice_vlan is None


@pytest.mark.parametrize("text", ["110", "eth0", ":110", "eth0:", "eth0:4096", "eth0:-1", "eth0:٣"])
def test_half_a_voice_vlan_is_refused(ringup: Ringup, text: str) -> None:
    said = ringup("serve", "--voice-vlan", text)
    assert said.status == 2
    assert "INTERFACE:VLAN, as in eth0:110" in said.err
