"""A guest is restarted through its account; if Asterisk does not do it, the operator is told what to do."""

import asyncio
from pathlib import Path

import pytest

from ringup.change import guest_restart
from ringup.change.guest_restart import restarted
from ringup.site.guests import Guest
from ringup.site.model import Pbx
from tests.asterisk.fake_asterisk import FakeAsterisk, refusing

GUEST = Guest("001646000000", 2, "7940", "481516", 1000.0)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_restart, "SERVED_SECONDS", 0.0)


def pbx_at(port: int) -> Pbx:
    return Pbx(manager_port=port, manager_user="ringup", manager_secret="s3cret")


@pytest.mark.parametrize("refused", [False, True])
def test_the_check_sync_goes_to_the_guests_account(refused: bool) -> None:
    async def run() -> tuple[str, list[str]]:
        async with FakeAsterisk() as asterisk:
            if refused:
                asterisk.answers["PJSIPNotify"] = refusing("No such endpoint")
            said = await asyncio.to_thread(restarted, pbx_at(asterisk.port), GUEST)
            return said, [
                each.get("Endpoint") for each in asterisk.seen if each.get("Action") == "PJSIPNotify"
            ]

    said, endpoints = asyncio.run(run())
    assert endpoints == ["ringup-guest-2"]
    assert said == (
        "The phone was not restarted (No such endpoint). Unplug it, and plug it in again." if refused else ""
    )


def test_without_asterisk_the_phone_must_be_unplugged(tmp_path: Path) -> None:
    assert "Unplug it, and plug it in again." in restarted(pbx_at(1), GUEST)
