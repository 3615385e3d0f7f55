"""Asterisk reads the tables with its own driver or over ODBC: the modules for each, and whether the database
is connected.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import pytest

from ringup.asterisk.loaded import _realtime, missing_realtime
from ringup.errors import AmiRefused
from ringup.render.realtime_conf import realtime_conf
from ringup.site.model import Pbx

if TYPE_CHECKING:
    from ringup.asterisk.control import Manager

PGSQL, ODBC, SORCERY = "res_config_pgsql.so", "res_config_odbc.so", "res_sorcery_realtime.so"
ONE = "  Name:   ringup\n    DSN:    ringup\n    Number of active connections: 1 (out of 5)\n"
NONE = ONE.replace("connections: 1", "connections: 0")


class Console:
    """A manager that replies to console commands, and refuses commands that Asterisk does not have."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    async def command(self, text: str) -> str:
        if text not in self._answers:
            raise AmiRefused(f"asking Asterisk for {text}", "Command output follows.", "")
        return self._answers[text]


def modules(*running: str, declined: str = "") -> str:
    rows = [f"{name:30} Some module                0          Running          core" for name in running]
    rows += [f"{declined:30} Some module                0          Not Running      core"] if declined else []
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("answers", "missing", "connected"),
    [
        ({"module show": modules(PGSQL, SORCERY), "realtime show pgsql status": "Connected to x"}, (), True),
        ({"module show": modules(PGSQL, SORCERY), "realtime show pgsql status": "Not connected"}, (), False),
        ({"module show": modules(ODBC, SORCERY), "odbc show all": ONE}, (), True),
        ({"module show": modules(ODBC, SORCERY), "odbc show all": NONE}, (), False),
        ({"module show": modules(ODBC, SORCERY)}, (), False),
        ({"module show": modules(SORCERY, declined=ODBC)}, (PGSQL,), True),
        ({"module show": modules(ODBC)}, (SORCERY,), True),
    ],
)
def test_either_road_is_seen(answers: Mapping[str, str], missing: tuple[str, ...], connected: bool) -> None:
    assert asyncio.run(_realtime(cast("Manager", Console(answers)))) == (missing, connected)


def test_one_driver_is_enough() -> None:
    assert missing_realtime({PGSQL, SORCERY}) == missing_realtime({ODBC, SORCERY}) == ()
    assert missing_realtime(set()) == (PGSQL, SORCERY)


def test_the_lines_for_odbc() -> None:
    pbx = Pbx(realtime="postgresql://asterisk@192.0.2.5/tables", realtime_password="p;w")
    lines = realtime_conf(pbx, odbc=True)
    assert lines["extconfig.conf"].splitlines()[1] == "ps_endpoints => odbc,ringup,ps_endpoints"
    assert lines["res_odbc.conf"] == (
        "[ringup]\nenabled = yes\ndsn = ringup\nusername = asterisk\npassword = p\\;w\npre-connect = yes\n"
        "max_connections = 5\n"
    )
    assert lines["/etc/odbc.ini"] == (
        "[ringup]\nDriver = PostgreSQL Unicode\nServername = 192.0.2.5\nPort = 5432\nDatabase = tables\n"
    )
    assert "p;w" not in "".join(text for name, text in lines.items() if name != "res_odbc.conf")
