"""The services that use Asterisk: forward, do-not-disturb, present calls, parked calls."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ringup.asterisk.asker import PbxAsker
from ringup.asterisk.control import Manager
from ringup.asterisk.voicemail_spool import messages_in
from ringup.engine.ami import Answered
from ringup.errors import AmiRefused, OutsideError, StoreError
from ringup.pages.answers import Refreshed, Shown
from ringup.pages.objects.values import Directory, Input, Menu, Text
from ringup.pages.services.caller import Caller
from ringup.pages.services.features import do_not_disturb, forward, forward_to
from ringup.pages.services.menu import services_menu
from ringup.pages.services.messages import messages, messages_mark
from ringup.pages.services.own import OWN
from ringup.pages.services.running import Runner
from ringup.pages.services.service import call, service
from ringup.pages.services.sources import Sources
from ringup.pages.services.talking import parked, talking
from ringup.site.model import Group
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.pages.services.callers import SITE, ann, names
from tests.pages.services.pbx import FakePbx, row


def entries(page: object) -> list[str]:
    assert isinstance(page, Menu)
    return [item.name for item in page.items]


def test_a_forward_is_asked_for_set_shown_and_taken_back() -> None:
    pbx = FakePbx()
    caller = ann(Sources(pbx))
    shown = forward(caller)
    assert entries(shown)[:2] == ["101 forward: off", "101 do not disturb: off"]
    assert isinstance(call(forward_to, caller, {"extension": "101"}), Input)
    shown = call(forward_to, caller, {"extension": "101", "number": "102"})
    assert entries(shown)[0] == "101 forward: 102"
    assert (pbx.database, pbx.commands) == ({"CF/101": "102"}, ["devstate change Custom:CF101 BUSY"])
    assert isinstance(shown, Menu)
    assert shown.items[0].url.endswith("?extension=101&number=")
    shown = call(forward_to, caller, {"extension": "101", "number": ""})
    assert entries(shown)[0] == "101 forward: off"
    assert (pbx.database, pbx.commands[1:]) == ({}, ["devstate change Custom:CF101 INVALID"])


def test_do_not_disturb_says_what_is_to_be_so_it_may_be_fetched_twice() -> None:
    pbx = FakePbx()
    for _ in range(2):
        shown = call(do_not_disturb, ann(Sources(pbx)), {"extension": "109", "on": "1"})
        assert entries(shown)[3] == "109 do not disturb: on"
    assert pbx.database == {"DND/109": "YES"}
    call(do_not_disturb, ann(Sources(pbx)), {"extension": "109", "on": "0"})
    assert pbx.database == {}


@pytest.mark.parametrize(
    ("extension", "number", "said"),
    [
        ("102", "101", "no such line"),
        ("101", "101", "itself"),
        ("101", "500", "voicemail"),
        ("101", "777", "Nobody has the number 777"),
    ],
)
def test_a_forward_that_would_lead_nowhere_is_refused(extension: str, number: str, said: str) -> None:
    pbx = FakePbx()
    page = call(forward_to, ann(Sources(pbx)), {"extension": extension, "number": number})
    assert isinstance(page, Text)
    assert said in page.text
    assert pbx.database == {}


def test_outside_numbers_may_be_forwarded_to() -> None:
    pbx = FakePbx()
    call(forward_to, ann(Sources(pbx)), {"number": "9030123"})
    assert pbx.database == {"CF/101": "9030123"}


def test_who_is_on_the_phone_names_the_sites_lines_only() -> None:
    up, dialling = {"ChannelStateDesc": "Up", "Duration": "00:01:05"}, {"ChannelStateDesc": "Ring"}
    channels = (
        row(Channel="PJSIP/101-0000000a", ConnectedLineNum="102", **up),
        row(Channel="SIP/109-0000000b", ConnectedLineNum="<unknown>", Exten="9030", **dialling),
        row(Channel="PJSIP/trunk-0000000c", ConnectedLineNum="101", **up),
    )
    page = talking(ann(Sources(FakePbx({"CoreShowChannels": channels}))))
    assert page == Refreshed(Text("Ann (101): 102, 00:01:05\n109 (109): , Ring", "Who is on the phone"), 10)


def test_a_parked_call_is_taken_back_by_dialling_its_space() -> None:
    calls = (row(ParkingSpace="701", ParkeeCallerIDNum="102", ParkeeCallerIDName="Bob", ParkingTimeout="31"),)
    page = parked(ann(Sources(FakePbx({"ParkedCalls": calls}))))
    assert isinstance(page, Refreshed)
    assert isinstance(page.page, Directory)
    assert [(each.name, each.telephone) for each in page.page.entries] == [("701: Bob, 31 s left", "701")]
    none = parked(ann(Sources(FakePbx({"ParkedCalls": ()}))))
    assert isinstance(none, Refreshed)
    assert none.page == Text("No calls are parked.", "Parked calls")
    assert parked(ann(Sources(FakePbx()))) == Text("The PBX does not park calls.", "Parked calls")


BOX = (
    {"Folder": "Old", "CallerID": '"Unknown" <unknown>', "Date": "Thu Nov 26 09:10:11 AM UTC 2026"},
    {"Folder": "INBOX", "CallerID": '"Bob" <102>', "Date": "Fri Nov 27 04:00:00 AM UTC 2026"},
    {"Folder": "Work", "CallerID": "<103>", "Date": "Fri Nov 27 05:00:00 AM UTC 2026"},
)


def test_the_messages_are_counted_listed_and_played_by_dialling() -> None:
    pbx = FakePbx({"VoicemailBoxSummary": tuple(row(**each, Duration="7") for each in BOX)})
    pbx.responses["MailboxCount"] = row(NewMessages="1", UrgMessages="0", OldMessages="1")
    page = messages(ann(Sources(pbx)))
    assert isinstance(page, Directory)
    assert page.prompt == "1 new. Dial to hear them."
    assert [(each.name, each.telephone) for each in page.entries] == [
        ("101: 1 new, 1 old", "500"), ("* Nov 27 04:00 Bob 7s", "500"), ("Nov 26 09:10 Unknown 7s", "500"),
    ]  # fmt: skip


class Mailbox(FakePbx):
    """An Asterisk whose mailbox has one message, and whose VoicemailMove moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = "INBOX"
        self.moves: list[dict[str, str]] = []
        self.responses["MailboxCount"] = row(NewMessages="1", UrgMessages="0", OldMessages="0")

    def ask(self, name: str, *fields: tuple[str, str]) -> Answered:
        if name == "VoicemailBoxSummary":
            found = row(**{**BOX[1], "Folder": self.folder}, Duration="7", ID="17-1")
            return Answered("1", row(), (found,) if dict(fields)["Mailbox"] == "101" else ())
        if name == "VoicemailMove":
            self.moves.append(dict(fields))
            self.folder = dict(fields)["ToFolder"]
            return Answered("1", row())
        return super().ask(name, *fields)


def test_a_message_is_marked_as_heard_once_although_the_phone_asks_twice() -> None:
    pbx = Mailbox()
    first = messages(ann(Sources(pbx)))
    assert isinstance(first, Refreshed)
    assert isinstance(first.page, Directory)
    assert (first.page.prompt, first.url) == (
        "1 new. Dial, or Update: mark.", "http://10.0.0.1/phone/service/messages-mark",
    )  # fmt: skip
    menu = call(messages_mark, ann(Sources(pbx)), {})
    assert isinstance(menu, Menu)
    assert [item.name for item in menu.items] == ["Heard: Nov 27 04:00 Bob 7s"]
    assert menu.items[0].url.endswith("messages-mark?extension=101&message=17-1&new=0")
    for _ in range(2):
        page = call(messages_mark, ann(Sources(pbx)), {"extension": "101", "message": "17-1", "new": "0"})
    assert isinstance(page, Menu)
    assert [item.name for item in page.items] == ["New: Nov 27 04:00 Bob 7s"]
    assert pbx.moves == [
        {"Context": SITE.pbx.context, "Mailbox": "101", "Folder": "INBOX", "ID": "17-1", "ToFolder": "Old"}
    ]


@pytest.mark.parametrize(("extension", "message"), [("102", "17-1"), ("101", "17-2"), ("../101", "17-1")])
def test_only_a_message_of_the_phones_own_lines_is_marked(extension: str, message: str) -> None:
    pbx = Mailbox()
    call(messages_mark, ann(Sources(pbx)), {"extension": extension, "message": message, "new": "0"})
    assert pbx.moves == []


def test_an_asterisk_that_refuses_to_mark_says_so_on_the_screen() -> None:
    class Refuses(Mailbox):
        def ask(self, name: str, *fields: tuple[str, str]) -> Answered:
            if name == "VoicemailMove":
                raise AmiRefused("asking Asterisk for VoicemailMove", "Permission denied.", "")
            return super().ask(name, *fields)

    page = call(messages_mark, ann(Sources(Refuses())), {"extension": "101", "message": "17-1", "new": "0"})
    assert isinstance(page, Text)
    assert "Permission denied" in page.text


def test_the_messages_of_an_older_asterisk_on_this_machine_are_read_from_its_files(tmp_path: Path) -> None:
    etc = tmp_path / "etc/asterisk"
    etc.mkdir(parents=True)
    (etc / "asterisk.conf").write_text("[directories]\nastspooldir => /srv/spool ; here\n")
    for folder, caller in (("INBOX", '"Bob" <102>'), ("Old", "<103>"), ("Work", "<104>")):
        place = tmp_path / "srv/spool/voicemail" / SITE.pbx.context / "101" / folder
        place.mkdir(parents=True)
        (place / "msg0000.txt").write_text(
            f";\n[message]\ncallerid={caller}\norigdate=Fri Nov 27 04:00:00 AM UTC 2026\nduration=7\n"
        )
        (place / "msg0000.wav").write_bytes(b"RIFF")
    pbx = FakePbx()
    pbx.responses["MailboxCount"] = row(NewMessages="1", UrgMessages="0", OldMessages="1")
    site = SITE.model_copy(update={"pbx": SITE.pbx.model_copy(update={"etc": str(etc)})})
    page = messages(ann(Sources(pbx), site))
    assert isinstance(page, Directory)
    assert [each.name for each in page.entries] == [
        "101: 1 new, 1 old", "* Nov 27 04:00 Bob 7s", "Nov 27 04:00 103 7s",
    ]  # fmt: skip
    marks = call(messages_mark, ann(Sources(pbx), site), {})
    assert isinstance(marks, Text)
    assert "can mark" in marks.text


def test_a_mailbox_named_like_a_folder_above_has_no_files(tmp_path: Path) -> None:
    place = tmp_path / "var/spool/asterisk/voicemail/INBOX"
    place.mkdir(parents=True)
    (place / "msg0000.txt").write_text("callerid=<1>\n")
    assert not list(messages_in(tmp_path / "etc/asterisk", "ringup", "..", "INBOX"))


def test_an_older_asterisk_only_counts() -> None:
    pbx = FakePbx()
    pbx.responses["MailboxCount"] = row(NewMessages="2", UrgMessages="1", OldMessages="")
    page = messages(ann(Sources(pbx)))
    assert isinstance(page, Directory)
    assert [each.name for each in page.entries] == ["101: 3 new, 0 old"]


def test_without_asterisk_the_user_gets_a_sentence() -> None:
    faults: list[str] = []
    page = asyncio.run(Runner(faults.append).page(forward, ann(Sources())))
    assert page == Text("The PBX does not answer. Try again later.", "Forward calls")
    assert "not connected" in faults[0]


def asked_at(connected: str, **query: str) -> Shown:
    caller = ann(Sources(pbx_server=lambda: connected), SITE, **query)
    request = caller.request._replace(path="/service/forward")
    return asyncio.run(
        Runner(lambda _fault: None).page(forward, replace(caller, request=request, token="t0ken"))
    )


def test_without_asterisk_the_page_leads_to_the_server_that_is_connected() -> None:
    page = asked_at("10.0.0.2", extension="101")
    assert isinstance(page, Menu)
    assert [(item.name, item.url) for item in page.items] == [
        ("Ask the other server", "http://10.0.0.2/phone/~t0ken/service/forward?extension=101")
    ]
    long = asked_at("10.0.0.2", extension="1" * 128, number="2" * 128)
    assert isinstance(long, Menu)
    assert long.items[0].url == "http://10.0.0.2/phone/~t0ken/service/forward"


def test_without_another_server_or_its_database_the_user_gets_a_sentence() -> None:
    def lost() -> str:
        raise StoreError("reading the nodes", "gone.", "")

    for found in (lambda: "", lost):
        page = asyncio.run(Runner(lambda _fault: None).page(forward, ann(Sources(pbx_server=found))))
        assert page == Text("The PBX does not answer. Try again later.", "Forward calls")


@service("Fleet", name="lights", for_named=True)
def lights(caller: Caller) -> Text:
    """A service for operators."""
    return Text("all green")


def test_a_group_sees_the_services_that_its_setting_names_in_that_order() -> None:
    group = Group(name="front", services="talking lights directory nothing")
    site = SITE.model_copy(update={"groups": (group,), "services": "this-phone"})
    caller, every = ann(Sources(), site), {**OWN, "lights": lights}
    assert names(services_menu(caller, every)) == ["talking", "lights", "directory"]
    of_the_site = ann(Sources(), site.model_copy(update={"groups": (Group(name="front"),)}))
    assert names(services_menu(of_the_site, every)) == ["this-phone"]
    assert "lights" not in names(services_menu(ann(Sources()), every))


def test_an_operators_service_answers_only_where_it_is_named() -> None:
    runner = Runner(lambda _fault: None)
    page = asyncio.run(runner.page(lights, ann(Sources())))
    assert page == Text("This phone may not use this service.", "Fleet")
    named = SITE.model_copy(update={"services": "lights"})
    assert asyncio.run(runner.page(lights, ann(Sources(), named))) == Text("all green")


@pytest.mark.asyncio
async def test_another_thread_asks_over_the_servers_connection() -> None:
    asker = PbxAsker()
    async with FakeAsterisk() as fake:
        manager = Manager("127.0.0.1", fake.port, "ringup", "s3cret")
        await manager.connect()
        with asker.connected(manager):
            answered = await asyncio.to_thread(asker.ask, "CoreSettings")
            assert answered.response.get("AsteriskVersion").startswith("22.")
            with pytest.raises(RuntimeError, match="event loop"):
                asker.ask("CoreSettings")
            fake.answers["DBDel"] = lambda action: [
                row(Response="Error", ActionID=action.get("ActionID"), Message="No")
            ]
            with pytest.raises(AmiRefused):
                await asyncio.to_thread(asker.ask, "DBDel")
        await manager.close()
    with pytest.raises(OutsideError, match="not connected"):
        await asyncio.to_thread(asker.ask, "CoreSettings")
