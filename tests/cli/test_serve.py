"""`ringup serve`: what its options mean."""

from typing import Any
from unittest.mock import patch

from ringup.serve.options import Options
from tests.cli.terminal import Ringup


def options_of(ringup: Ringup, *arguments: str) -> Options:
    """What the server would have been started with."""
    with patch("ringup.serve.run.run") as run, patch("ringup.serve.log.start_log"):
        said = ringup("serve", *arguments)
    assert (said.status, said.err) == (0, "")
    options: Any = run.call_args.args[0]
    assert isinstance(options, Options)
    return options


def test_http_is_on(ringup: Ringup) -> None:
    options = options_of(ringup)
    assert (options.http, options.http_ports) == (True, ())
    assert options_of(ringup, "--no-http").http is False


def test_ports_may_be_named_several_times(ringup: Ringup) -> None:
    assert options_of(ringup, "--http-port", "8080", "--http-port", "6970").http_ports == (8080, 6970)
