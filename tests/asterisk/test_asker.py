"""Actions from a server that keeps no connection to Asterisk, as all but one of several servers."""

import asyncio

import pytest

from ringup.asterisk import asker as module
from ringup.asterisk.asker import PbxAsker, is_elsewhere
from ringup.asterisk.control import Manager
from ringup.errors import AmiRefused, OutsideError
from ringup.site.model import Pbx
from tests.asterisk.fake_asterisk import FakeAsterisk, message


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scripted Asterisk on the loopback be on another machine."""
    monkeypatch.setattr(module, "LOCAL_HOSTS", ())


def pbx(fake: FakeAsterisk, secret: str = "s3cret") -> Pbx:
    return Pbx(manager_host="127.0.0.1", manager_port=fake.port, manager_user="ringup", manager_secret=secret)


@pytest.mark.asyncio
async def test_an_action_without_a_connection_makes_one_and_closes_it() -> None:
    async with FakeAsterisk() as fake:
        asker = PbxAsker(lambda: pbx(fake))
        for _ in range(2):
            answered = await asyncio.to_thread(asker.ask, "CoreSettings")
            assert answered.response.get("AsteriskVersion").startswith("22.")
        logins = [each.get("Action") for each in fake.seen].count("Login")
    assert logins == 2


@pytest.mark.asyncio
async def test_an_open_connection_is_used_and_no_other_is_made() -> None:
    async with FakeAsterisk() as fake:
        asker = PbxAsker(lambda: pbx(fake))
        manager = Manager("127.0.0.1", fake.port, "ringup", "s3cret")
        await manager.connect()
        with asker.connected(manager):
            await asyncio.to_thread(asker.ask, "CoreSettings")
        await manager.close()
        logins = [each.get("Action") for each in fake.seen].count("Login")
    assert logins == 1


@pytest.mark.asyncio
async def test_a_refusal_and_a_wrong_login_are_reported() -> None:
    async with FakeAsterisk() as fake:
        fake.answers["DBDel"] = lambda action: [
            message(Response="Error", ActionID=action.get("ActionID"), Message="No")
        ]
        with pytest.raises(AmiRefused, match="No"):
            await asyncio.to_thread(PbxAsker(lambda: pbx(fake)).ask, "DBDel")
        with pytest.raises(OutsideError):
            await asyncio.to_thread(PbxAsker(lambda: pbx(fake, "wrong")).ask, "CoreSettings")


@pytest.mark.asyncio
async def test_an_asterisk_that_does_not_answer_costs_a_limited_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)
    async with FakeAsterisk() as fake:
        fake.answers["CoreSettings"] = lambda _action: []
        with pytest.raises(OutsideError, match="no answer in time"):
            await asyncio.to_thread(PbxAsker(lambda: pbx(fake)).ask, "CoreSettings")


def test_the_loopback_means_another_asterisk_on_each_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for host in ("127.0.0.1", "localhost"):
        assert not is_elsewhere(Pbx(manager_host=host, manager_user="ringup", manager_secret="s"))
    assert not is_elsewhere(Pbx(manager_host="10.0.0.9"))
    assert is_elsewhere(Pbx(manager_host="10.0.0.9", manager_user="ringup", manager_secret="s"))
    with pytest.raises(OutsideError, match="not connected"):
        PbxAsker(lambda: Pbx(manager_user="ringup", manager_secret="s")).ask("CoreSettings")
