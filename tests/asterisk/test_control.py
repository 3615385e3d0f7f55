"""The connection to a manager interface: login, actions, events, and every way it can end."""

import asyncio

import pytest

from ringup.asterisk import control
from ringup.asterisk.control import Manager
from ringup.engine import ami
from ringup.errors import AmiRefused, OutsideError
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message, refusing

pytestmark = pytest.mark.asyncio


def manager_of(asterisk: FakeAsterisk, secret: str = "s3cret") -> Manager:
    return Manager("127.0.0.1", asterisk.port, "ringup", secret)


async def test_a_login_tells_the_version_without_its_packaging() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        assert await manager.connect() == "22.10.1"
        await manager.close()


async def test_a_reload_names_each_module_and_the_drivers_last() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        await manager.connect()
        await manager.reload("pjsip")
        await manager.close()
        reloaded = [action.get("Module") for action in asterisk.seen if action.get("Action") == "Reload"]
        assert reloaded == ["app_voicemail.so", "pbx_config.so", "res_pjsip.so"]


async def test_a_reload_waits_for_that_of_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, refusals = refusing("A reload is in progress"), iter(range(3))
    monkeypatch.setattr(control, "RELOAD_PAUSE", 0.001)
    async with FakeAsterisk() as asterisk:
        asterisk.answers["Reload"] = lambda action: (
            busy(action)
            if next(refusals, None) is not None
            else [message(Response="Success", ActionID=action.get("ActionID"))]
        )
        manager = manager_of(asterisk)
        await manager.connect()
        await manager.reload("pjsip")
        assert next(refusals, None) is None

        asterisk.answers["Reload"] = busy
        monkeypatch.setattr(control, "RELOAD_SECONDS", 0.01)
        with pytest.raises(AmiRefused, match="A reload is in progress"):
            await manager.reload("pjsip")
        await manager.close()


async def test_a_driver_that_is_not_loaded_is_named_with_the_cure() -> None:
    async with FakeAsterisk() as asterisk:
        asterisk.answers["Reload"] = refusing("No such module")
        manager = manager_of(asterisk)
        await manager.connect()
        with pytest.raises(AmiRefused, match=r"modules\.conf, or change pbx\.driver"):
            await manager.reload("chan_sip")
        await manager.close()


async def test_a_missing_permission_says_what_to_write_where() -> None:
    async with FakeAsterisk() as asterisk:
        asterisk.answers["Reload"] = refusing("Permission denied")
        manager = manager_of(asterisk)
        await manager.connect()
        with pytest.raises(AmiRefused, match=r"Permission denied\. Give the manager user"):
            await manager.reload("pjsip")
        await manager.close()


async def test_a_command_gives_what_the_console_shows() -> None:
    def output(action: AmiMessage) -> list[AmiMessage]:
        fields = (("Response", "Success"), ("ActionID", action.get("ActionID")))
        return [AmiMessage((*fields, ("Output", "one"), ("Output", ""), ("Output", "  two")))]

    async with FakeAsterisk() as asterisk:
        asterisk.answers["Command"] = output
        manager = manager_of(asterisk)
        await manager.connect()
        assert await manager.command("core show uptime") == "one\n\n  two"
        await manager.close()


async def test_actions_may_overlap() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        await manager.connect()
        answers = await asyncio.gather(*(manager.action("Ping") for _ in range(20)))
        assert len({answer.action_id for answer in answers}) == 20
        await manager.close()


async def test_events_come_in_order_and_end_with_the_connection() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        await manager.connect()
        asterisk.say(message(Event="Hangup", Number="1"), message(Event="Hangup", Number="2"))
        asterisk.hang_up()
        events = [event async for event in manager.events()]
        assert [event.get("Number") for event in events if event.get("Event") == "Hangup"] == ["1", "2"]
        with pytest.raises(OutsideError, match="closed the connection"):
            await manager.action("Ping")
        await manager.close()


async def test_an_action_in_flight_ends_with_the_connection() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        await manager.connect()

        def hang_up(_action: AmiMessage) -> list[AmiMessage]:
            asterisk.hang_up()
            return []

        asterisk.answers["Ping"] = hang_up
        with pytest.raises(OutsideError, match="closed the connection"):
            await manager.action("Ping")
        await manager.close()


async def test_a_wrong_secret_is_refused_with_a_cure() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk, "wrong")
        with pytest.raises(AmiRefused, match=r"as ringup: Authentication failed\. Check the user's section"):
            await manager.connect()
        await manager.close()


async def test_nobody_listening_says_what_to_check() -> None:
    async with FakeAsterisk() as asterisk:
        port = asterisk.port
    manager = Manager("127.0.0.1", port, "ringup", "s3cret")
    with pytest.raises(OutsideError, match=r"Connection refused\. Check that Asterisk runs"):
        await manager.connect()
    await manager.close()


async def test_something_else_on_the_port_is_said_to_be_so() -> None:
    async with FakeAsterisk(banner=b"220 mail.example.com ESMTP\r\n") as asterisk:
        manager = manager_of(asterisk)
        with pytest.raises(OutsideError, match="no Asterisk manager interface"):
            await manager.connect()
        await manager.close()


async def test_a_silent_port_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "CONNECT_SECONDS", 0.01)
    async with FakeAsterisk(banner=b"") as asterisk:
        manager = manager_of(asterisk)
        with pytest.raises(OutsideError, match=r"no answer\. Check the address"):
            await manager.connect()
        await manager.close()


async def test_an_asterisk_that_never_says_it_is_booted_is_used_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The event requires a right that the operator's manager user may not have."""
    monkeypatch.setattr(control, "BOOT_SECONDS", 0.01)
    async with FakeAsterisk(booted=False) as asterisk:
        manager = manager_of(asterisk)
        assert await manager.connect() == "22.10.1"
        await manager.close()


async def test_an_action_without_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeAsterisk() as asterisk:
        asterisk.answers["Ping"] = lambda _action: []
        manager = manager_of(asterisk)
        await manager.connect()
        monkeypatch.setattr(ami, "ANSWER_SECONDS", 0.01)
        with pytest.raises(OutsideError, match="no answer in time"):
            await manager.action("Ping")
        await manager.close()


async def test_a_connection_that_leaves_pings_unanswered_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "PING_SECONDS", 0.01)
    async with FakeAsterisk() as asterisk:
        asterisk.answers["Ping"] = lambda _action: []
        manager = manager_of(asterisk)
        await manager.connect()
        monkeypatch.setattr(ami, "ANSWER_SECONDS", 0.01)
        assert [event.get("Event") async for event in manager.events()] == ["FullyBooted"]
        with pytest.raises(OutsideError, match="no answer to ping"):
            await manager.action("CoreSettings")
        await manager.close()


async def test_a_reader_too_slow_for_the_events_loses_some_and_still_sees_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control, "MOST_EVENTS_WAITING", 3)
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        await manager.connect()
        asterisk.say(*(message(Event="Hangup", Number=str(number)) for number in range(50)))
        await manager.action("Ping")
        await manager.close()
        assert len([event async for event in manager.events()]) == 2


async def test_closing_twice_or_before_connecting_is_no_error() -> None:
    manager = Manager("127.0.0.1", 1, "ringup", "s3cret")
    await manager.close()
    await manager.close()
    with pytest.raises(OutsideError):
        await manager.action("Ping")


async def test_a_value_with_a_line_end_is_never_sent() -> None:
    async with FakeAsterisk() as asterisk:
        manager = manager_of(asterisk)
        await manager.connect()
        with pytest.raises(ValueError, match="line end"):
            await manager.command("core show uptime\r\nAction: Logoff")
        await manager.close()
