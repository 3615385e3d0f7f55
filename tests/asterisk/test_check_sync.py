"""A check-sync is sent by the action of each driver, and lines in a call are recognised."""

import pytest

from ringup.asterisk.check_sync import busy_extensions, check_sync
from ringup.asterisk.control import Manager
from ringup.errors import AmiRefused
from ringup.site.model import Driver
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message, refusing

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("driver", "action", "field"),
    [("pjsip", "PJSIPNotify", "Endpoint"), ("chan_sip", "SIPnotify", "Channel")],
)
async def test_each_driver_has_its_own_action(driver: Driver, action: str, field: str) -> None:
    async with FakeAsterisk() as asterisk:
        manager = Manager("127.0.0.1", asterisk.port, "ringup", "s3cret")
        await manager.connect()
        await check_sync(manager, driver, "201")
        await manager.close()
        sent = asterisk.seen[-1]
    assert (sent.get("Action"), sent.get(field)) == (action, "201")
    assert sent.all("Variable") == ["Event=check-sync"]


async def test_a_line_that_asterisk_does_not_know_is_refused() -> None:
    async with FakeAsterisk() as asterisk:
        asterisk.answers["PJSIPNotify"] = refusing("Unable to retrieve endpoint 201")
        manager = Manager("127.0.0.1", asterisk.port, "ringup", "s3cret")
        await manager.connect()
        with pytest.raises(AmiRefused, match="Unable to retrieve endpoint 201"):
            await check_sync(manager, "pjsip", "201")
        await manager.close()


async def test_lines_with_a_channel_are_busy() -> None:
    def channels(action: AmiMessage) -> list[AmiMessage]:
        action_id = action.get("ActionID")
        names = ("PJSIP/201-0000001a", "SIP/front-desk-0000001b", "Local/203@ringup-00000001;1")
        return [
            message(Response="Success", ActionID=action_id, EventList="start"),
            *(message(Event="CoreShowChannel", ActionID=action_id, Channel=name) for name in names),
            message(Event="CoreShowChannelsComplete", ActionID=action_id, EventList="Complete"),
        ]

    async with FakeAsterisk() as asterisk:
        asterisk.answers["CoreShowChannels"] = channels
        manager = Manager("127.0.0.1", asterisk.port, "ringup", "s3cret")
        await manager.connect()
        assert await busy_extensions(manager) == {"201", "front-desk"}
        await manager.close()
