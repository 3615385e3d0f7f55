"""Asterisk's state of a phone's lines, as the diagnosis reads it."""

from collections.abc import Callable

import pytest

from ringup.asterisk.loaded import UNKNOWN_ACTION
from ringup.doctor.evidence import PbxAnswers, PbxLine, SkinnyAnswers
from ringup.fleet import pbx_state as module
from ringup.fleet.pbx_state import pbx_state
from ringup.rule import Unknown
from ringup.site.model import Driver, Pbx
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message, refusing

SECRET = "s3cret"


def pbx(fake: FakeAsterisk, driver: Driver = "pjsip") -> Pbx:
    return Pbx(manager_port=fake.port, manager_user="ringup", manager_secret=SECRET, driver=driver)


def chan_sip_peer(action: AmiMessage) -> list[AmiMessage]:
    peer = {
        "Response": "Success", "ActionID": action.get("ActionID"), "ObjectName": "201", "SIP-Forcerport": "Y",
        "Address-IP": "192.0.2.21", "Address-Port": "5060",
    }  # fmt: skip
    return [AmiMessage(tuple(peer.items()))]


@pytest.mark.asyncio
async def test_a_peer_is_read_with_its_options_and_its_contact() -> None:
    async with FakeAsterisk(SECRET) as fake:
        fake.answers["SIPshowpeer"] = chan_sip_peer
        state = await pbx_state(pbx(fake, "chan_sip"), ["201"])
    assert isinstance(state, PbxAnswers)
    assert state.lines["201"].options["peer.SIP-Forcerport"] == "Y"
    assert state.lines["201"].contact == "sip:201@192.0.2.21:5060"


@pytest.mark.asyncio
async def test_a_line_that_asterisk_does_not_have_is_absent() -> None:
    async with FakeAsterisk(SECRET) as fake:
        fake.answers["PJSIPShowEndpoint"] = refusing("Unable to retrieve endpoint 201")
        assert await pbx_state(pbx(fake), ["201"]) == PbxAnswers({})


@pytest.mark.asyncio
async def test_a_driver_that_is_not_loaded_leaves_the_lines_unknown() -> None:
    async with FakeAsterisk(SECRET) as fake:
        fake.answers["PJSIPShowEndpoint"] = refusing(UNKNOWN_ACTION)
        assert await pbx_state(pbx(fake), ["201"]) == Unknown("Asterisk has not loaded pjsip")


@pytest.mark.asyncio
async def test_an_asterisk_that_is_gone_leaves_the_lines_unknown() -> None:
    state = await pbx_state(Pbx(manager_port=1, manager_user="ringup", manager_secret=SECRET), ["201"])
    assert isinstance(state, Unknown)
    assert "Connection refused" in state.why


@pytest.mark.asyncio
async def test_an_asterisk_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.05)
    async with FakeAsterisk(SECRET) as fake:
        fake.answers["PJSIPShowEndpoint"] = lambda action: [message(Response="Nothing")]
        state = await pbx_state(pbx(fake), ["201"])
    assert isinstance(state, Unknown)
    assert "did not answer" in state.why


def console(text: str) -> Callable[[AmiMessage], list[AmiMessage]]:
    """Return the replies to the console's commands: the devices, and no lines."""

    def answer(action: AmiMessage) -> list[AmiMessage]:
        shown = text if action.get("Command") == "skinny show devices" else ""
        outputs = tuple(("Output", line) for line in shown.split("\n"))
        return [AmiMessage((("Response", "Success"), ("ActionID", action.get("ActionID")), *outputs))]

    return answer


@pytest.mark.asyncio
async def test_the_devices_of_chan_skinny_are_read_without_a_sip_driver() -> None:
    async with FakeAsterisk(SECRET) as fake:
        fake.answers["Command"] = console(
            "Name             DeviceId         IP        Type       R NL\n"
            "---------------- ---------------- --------- ---------- - --\n"
            "SEP0011223344AA  SEP0011223344AA  10.9.0.2  7960       Y  1\n"
            "SEP0011223344BB  SEP0011223344BB            No Device  N  1"
        )
        state = await pbx_state(pbx(fake), [], with_skinny=True)
    devices = {"SEP0011223344AA": "10.9.0.2", "SEP0011223344BB": ""}
    assert state == PbxAnswers({}, SkinnyAnswers(True, devices))


@pytest.mark.asyncio
async def test_an_asterisk_without_chan_skinny_is_an_answer() -> None:
    async with FakeAsterisk(SECRET) as fake:
        fake.answers["Command"] = refusing("Command output follows")
        state = await pbx_state(pbx(fake), [], with_skinny=True)
    assert state == PbxAnswers({}, SkinnyAnswers(is_loaded=False))


@pytest.mark.asyncio
async def test_without_a_manager_user_nobody_is_asked() -> None:
    assert isinstance(await pbx_state(Pbx(), ["201"]), Unknown)
    assert PbxLine() == PbxLine({}, "")
