"""Asterisk's files follow the site, and ringup follows Asterisk through its restarts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ringup.asterisk.install import install
from ringup.change.guest_calls import DialledCode
from ringup.events import (
    CallEnded,
    CallStarted,
    Event,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    PbxConnected,
    PbxLost,
    PbxReloaded,
    ServerFault,
)
from ringup.serve import pbx as serve_pbx
from ringup.serve.pbx import PbxLink
from ringup.site.guests import Guest
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message, refusing

SOON = 5.0
"""Timeout in seconds."""

CONTACT = message(
    Event="ContactStatus",
    URI="sip:201@10.0.0.5:5060",
    ContactStatus="NonQualified",
    AOR="201",
    EndpointName="201",
)


class Told:
    """Collects events; a test waits for the one that it needs."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, kind: type, count: int = 1) -> list[Event]:
        async with asyncio.timeout(SOON):
            while len(self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(kind)

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


def site_at(port: int, etc: Path, extension: str = "201") -> Site:
    pbx = Pbx(manager_port=port, manager_user="ringup", manager_secret="s3cret", etc=str(etc))
    line = Line(extension=extension, secret="a-line-secret")
    return Site(pbx=pbx, phones=(Phone(mac="001646C0FFEE", lines=(line,)),))


@asynccontextmanager
async def linked(site: Site) -> AsyncIterator[tuple[PbxLink, Told]]:
    """A running link, and the events that it emits."""
    told = Told()
    link = PbxLink(site, told.emit)
    task = asyncio.create_task(link.run())
    try:
        yield link, told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_pbx, "FIRST_RETRY", 0.0)


def test_files_are_written_reloaded_and_registrations_followed(tmp_path: Path) -> None:
    async def run() -> Told:
        async with FakeAsterisk() as asterisk, linked(site_at(asterisk.port, tmp_path)) as (_, told):
            await told.until(PbxReloaded)
            asterisk.say(CONTACT)
            await told.until(LineRegistered)
            return told

    told = asyncio.run(run())
    assert isinstance(told.of(PbxConnected)[0], PbxConnected)
    registered = told.of(LineRegistered)[0]
    assert isinstance(registered, LineRegistered)
    assert (registered.mac, registered.extension) == ("001646C0FFEE", "201")
    assert "[201]" in (tmp_path / "ringup.d/ringup_pjsip.conf").read_text()


def test_an_asterisk_of_freepbx_is_followed_and_never_reloaded(tmp_path: Path) -> None:
    async def check() -> None:
        async with FakeAsterisk() as asterisk:
            site = site_at(asterisk.port, tmp_path)
            pbx = site.pbx.model_copy(update={"etc": "", "freepbx": str(tmp_path)})
            async with linked(site.model_copy(update={"pbx": pbx})) as (_link, told):
                await told.until(PbxConnected)
                asterisk.say(CONTACT)
                await told.until(LineRegistered)
            assert "Reload" not in {action.get("Action") for action in asterisk.seen}

    asyncio.run(check())
    assert list(tmp_path.iterdir()) == []


def test_registrations_that_were_missed_are_fetched(tmp_path: Path) -> None:
    def contact(aor: str, status: str) -> AmiMessage:
        uri = f"sip:{aor}@10.0.0.5:5060"
        return message(Event="ContactStatusDetail", AOR=aor, URI=uri, Status=status, RoundtripUsec="2500")

    def listed(action: AmiMessage) -> list[AmiMessage]:
        ours = {"ActionID": action.get("ActionID")}
        found = [contact("201", "Reachable"), contact("202", "NonQualified"), contact("203", "Unreachable")]
        return [
            message(Response="Success", EventList="start", **ours),
            *(AmiMessage((*each.fields, *ours.items())) for each in [*found, contact("900", "Reachable")]),
            message(Event="ContactStatusDetailComplete", EventList="Complete", **ours),
        ]

    async def run() -> Told:
        async with FakeAsterisk() as asterisk:
            asterisk.answers["PJSIPShowRegistrationInboundContactStatuses"] = listed
            lines = tuple(Line(extension=each, secret="s") for each in ("201", "202", "203", "204"))
            pbx = site_at(asterisk.port, tmp_path).pbx
            site = Site(pbx=pbx, phones=(Phone(mac="001646C0FFEE", lines=lines),))
            told = Told()
            link = PbxLink(site, told.emit, registered=lambda _macs: ["202", "203", "204", "gone"])
            task = asyncio.create_task(link.run())
            await told.until(LineUnregistered)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return told

    events: list[Any] = asyncio.run(run()).events
    about: list[Any] = [
        each for each in events if isinstance(each, LineRegistered | LineUnreachable | LineUnregistered)
    ]
    assert [(type(each), each.extension) for each in about] == [
        (LineRegistered, "201"),
        (LineUnreachable, "203"),
        (LineUnregistered, "204"),
    ], "an unanswered contact proves nothing, and 900 is not the site's"
    assert about[0].contact == "sip:201@10.0.0.5:5060"
    assert [each.milliseconds for each in events if isinstance(each, LineReachable)] == [2.5]


def test_a_changed_site_is_installed_and_reloaded(tmp_path: Path) -> None:
    async def run() -> Told:
        async with FakeAsterisk() as asterisk, linked(site_at(asterisk.port, tmp_path)) as (link, told):
            await told.until(PbxReloaded)
            link.site_changed(site_at(asterisk.port, tmp_path, extension="333"))
            await told.until(PbxReloaded, 2)
            return told

    reloads = asyncio.run(run()).of(PbxReloaded)
    assert isinstance(reloads[1], PbxReloaded)
    assert "ringup.d/ringup_pjsip.conf" in reloads[1].files
    assert "[333]" in (tmp_path / "ringup.d/ringup_pjsip.conf").read_text()


def test_files_that_a_killed_command_wrote_are_reloaded_and_loaded_ones_are_not_again(tmp_path: Path) -> None:
    async def run() -> Told:
        async with FakeAsterisk() as asterisk, linked(site_at(asterisk.port, tmp_path)) as (link, told):
            await told.until(PbxReloaded)
            changed = site_at(asterisk.port, tmp_path, extension="333")
            install(changed, tmp_path)
            link.site_changed(changed)
            await told.until(PbxReloaded, 2)
            link.site_changed(changed.model_copy(update={"name": "no file changes"}))
            link.site_changed(changed)
            link.site_changed(site_at(asterisk.port, tmp_path, extension="334"))
            await told.until(PbxReloaded, 3)
            return told

    reloads = [event.files for event in asyncio.run(run()).of(PbxReloaded) if isinstance(event, PbxReloaded)]
    assert reloads[:2] == ["everything", "everything"]
    assert "ringup.d/ringup_pjsip.conf" in reloads[2]


def test_a_restarted_asterisk_is_followed_again(tmp_path: Path) -> None:
    async def run() -> Told:
        async with FakeAsterisk() as asterisk, linked(site_at(asterisk.port, tmp_path)) as (_, told):
            await told.until(PbxReloaded)
            asterisk.hang_up()
            await told.until(PbxConnected, 2)
            return told

    assert len(asyncio.run(run()).of(PbxLost)) == 1


def test_an_asterisk_without_chan_skinny_is_followed_and_the_module_is_named(tmp_path: Path) -> None:
    def reloaded(action: AmiMessage) -> list[AmiMessage]:
        if "skinny" in (action.get("Module") or ""):
            return refusing("No such module.")(action)
        return [message(Response="Success", ActionID=action.get("ActionID") or "")]

    async def run() -> Told:
        async with FakeAsterisk() as asterisk:
            asterisk.answers["Command"] = refusing("Command output follows")
            asterisk.answers["Reload"] = reloaded
            site = site_at(asterisk.port, tmp_path)
            line = Line(extension="202", secret="a-line-secret")
            on_sccp = Phone(mac="001646000000", protocol="sccp", lines=(line,))
            mixed = site.model_copy(update={"phones": (*site.phones, on_sccp)})
            async with linked(mixed) as (_, told):
                await told.until(ServerFault)
                asterisk.say(CONTACT)
                await told.until(LineRegistered)
                return told

    told = asyncio.run(run())
    assert told.of(PbxLost) == []
    (fault,) = told.of(ServerFault)
    assert "has not loaded this module" in str(fault)


def test_a_wrong_secret_is_said_once_however_often_it_is_tried(tmp_path: Path) -> None:
    thrice = asyncio.Event()
    refused = []

    def refuse(action: AmiMessage) -> list[AmiMessage]:
        refused.append(action)
        if len(refused) == 3:
            thrice.set()
        return [message(Response="Error", ActionID=action.get("ActionID"), Message="Authentication failed")]

    async def run() -> Told:
        async with (
            FakeAsterisk() as asterisk,
            linked(site_at(asterisk.port, tmp_path)) as (_, told),
        ):
            asterisk.answers["Login"] = refuse
            async with asyncio.timeout(SOON):
                await thrice.wait()
            return told

    assert len(asyncio.run(run()).of(PbxLost)) == 1


def test_a_folder_that_is_not_there_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    async def run() -> Told:
        async with (
            FakeAsterisk() as asterisk,
            linked(site_at(asterisk.port, tmp_path / "absent")) as (_, told),
        ):
            await told.until(PbxConnected)
            return told

    fault = asyncio.run(run()).of(ServerFault)[0]
    assert isinstance(fault, ServerFault)
    assert "absent" in fault.what


def test_a_file_that_was_changed_by_hand_is_reported_once_and_stays(tmp_path: Path) -> None:
    own = tmp_path / "ringup.d/ringup_pjsip.conf"

    async def run() -> Told:
        async with FakeAsterisk() as asterisk:
            site = site_at(asterisk.port, tmp_path)
            install(site, tmp_path)
            own.write_text("; by hand\n")
            async with linked(site) as (link, told):
                await told.until(PbxReloaded)
                link.site_changed(site.model_copy(update={"name": "nothing new for Asterisk"}))
                await told.until(ServerFault)
                assert own.read_text() == "; by hand\n"
                link.site_changed(site_at(asterisk.port, tmp_path, extension="333"))
                await told.until(PbxReloaded, 2)
                return told

    told = asyncio.run(run())
    [fault] = told.of(ServerFault)
    assert isinstance(fault, ServerFault)
    assert "ringup_pjsip.conf was changed by hand" in fault.what
    assert "[333]" in own.read_text()
    assert own.with_name("ringup_pjsip.conf.by-hand").read_text() == "; by hand\n"


def test_the_code_that_a_guest_dials_is_noted_when_its_call_ends(tmp_path: Path) -> None:
    channel = "PJSIP/ringup-guest-1-0000002a"
    both = {"Channel": channel, "Uniqueid": "1.1", "Linkedid": "1.1"}
    dials = message(Event="Newchannel", ChannelState="4", Exten="481516", **both)
    ends = message(Event="Hangup", ChannelState="6", **{"Cause-txt": "Normal Clearing"}, **both)

    async def run() -> None:
        async with FakeAsterisk() as asterisk, linked(site_at(asterisk.port, tmp_path)) as (link, told):
            link.guests_changed([Guest("001646000000", 1, "7940", "108108", 0.0)])
            await told.until(PbxReloaded)
            asterisk.say(dials)
            await told.until(CallStarted)
            assert link.guest_calls.dialled() == []
            asterisk.say(ends)
            await told.until(CallEnded)
            assert link.guest_calls.dialled() == [DialledCode("001646000000", "481516")]
            link.guests_changed([])
            asterisk.say(dials, CONTACT)
            await told.until(LineRegistered)
        assert len(told.of(CallStarted)) == 1, "the account belongs to no phone any more"

    asyncio.run(run())
