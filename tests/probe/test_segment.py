"""The probe's offers, its files, and what it finds wrong, without a network."""

import asyncio
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ringup.cli import probe_printing as printing
from ringup.cli.json_probe_form import Probe
from ringup.cli.probe import probe
from ringup.emulator.boot.tftp import Failed, NoAnswer, NotFound, Outcome, Received
from ringup.probe import run as running
from ringup.probe.boot_files import BootFile, FileResult, Use, boot_file, images_of, named_load
from ringup.probe.findings import file_findings, offer_findings
from ringup.probe.offers import DhcpOffer, offer_of, taken_offer
from ringup.probe.report import ProbeReport
from ringup.probe.run import invented_mac
from ringup.probe.segment import Discovery
from ringup.wire import dhcp_options as codes
from ringup.wire.dhcp import REPLY_OP, Message, MessageType, build, parse
from ringup.wire.ethernet import UdpFrame, build_udp_frame, parse_udp_frame

MAC, SERVER = "001646C0FFEE", "192.0.2.1"


def offer(server: str = SERVER, *options: tuple[int, bytes], siaddr: str = "0.0.0.0") -> Message:
    named = ((codes.SERVER_ID, codes.pack_addresses((server,))),) if server else ()
    return Message(
        op=REPLY_OP,
        xid=0x46C0FFEE,
        your_address="192.0.2.50",
        next_server=siaddr,
        hardware_address=bytes.fromhex(MAC),
        options=((codes.MESSAGE_TYPE, bytes([MessageType.OFFER])), *named, *options),
    )


def read(message: Message) -> DhcpOffer:
    return offer_of(message, "192.0.2.9", "02005E000001", 0.5)


def found(*offers: Message) -> list[str]:
    return [each.code for each in offer_findings([read(each) for each in offers])]


IN_150 = (codes.TFTP_ADDRESSES, codes.pack_addresses(("192.0.2.7", "192.0.2.8")))
IN_66 = (codes.TFTP_NAME, b"192.0.2.7")


def test_an_offer_shows_every_field_and_what_a_phone_takes() -> None:
    both = read(offer(SERVER, IN_150, (codes.TFTP_NAME, b"tftp\0"), siaddr="192.0.2.3"))
    assert both.option_150 == ("192.0.2.7", "192.0.2.8")
    assert (both.option_66, both.next_server) == ("tftp", "192.0.2.3")
    assert (both.tftp, both.tftp_source) == ("192.0.2.7", "option 150")
    assert read(offer(SERVER, siaddr="192.0.2.3")).tftp_source == "siaddr"
    assert (read(offer()).tftp, read(offer()).tftp_source) == (SERVER, "dhcp server")


def test_a_phone_takes_the_first_offer_that_names_its_server() -> None:
    offers = [read(offer("")), read(offer("192.0.2.1")), read(offer("192.0.2.2"))]
    assert taken_offer(offers) is offers[1]
    assert taken_offer(offers[:1]) is None


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ([], ["no-offer"]),
        ([offer(SERVER, IN_150, IN_66)], []),
        ([offer(SERVER, IN_66)], []),
        ([offer()], ["no-tftp-option"]),
        ([offer(SERVER, (codes.TFTP_NAME, b"tftp.example.org"))], ["option-66-name"]),
        ([offer(SERVER, IN_150, (codes.TFTP_NAME, b"tftp.example.org"))], []),
        ([offer(SERVER, IN_150, (codes.TFTP_NAME, b"192.0.2.99"))], ["options-differ"]),
        ([offer("", IN_150)], ["no-server-id"]),
        ([offer("192.0.2.1", IN_150), offer("192.0.2.2", (150, b"\xc0\0\2\x63"))], ["two-servers"]),
        ([offer("192.0.2.1", IN_150), offer("192.0.2.2", IN_150)], []),
    ],
)
def test_faults_of_offers(offers: list[Message], expected: list[str]) -> None:
    assert found(*offers) == expected


OUTCOMES: list[tuple[Outcome, FileResult]] = [
    (Received(b"x" * 7), FileResult.FOUND),
    (Received(b""), FileResult.EMPTY),
    (NotFound("no such file"), FileResult.ABSENT),
    (Failed(2, "denied"), FileResult.REFUSED),
    (NoAnswer(), FileResult.SILENT),
]


@pytest.mark.parametrize(("outcome", "result"), OUTCOMES)
def test_each_answer_has_a_result(outcome: Outcome, result: FileResult) -> None:
    assert boot_file("SIPDefault.cnf", Use.HUNT, outcome).result is result


def files(**changed: Outcome) -> list[BootFile]:
    outcomes: dict[str, tuple[Use, Outcome]] = {
        "CTLSEP": (Use.HUNT, NotFound("")),
        "SEP": (Use.HUNT, NotFound("")),
        "SIP": (Use.HUNT, Received(b"1")),
        "XMLDefault": (Use.HUNT, Received(b"1")),
        "loads": (Use.LOAD, Received(b"1")),
        "sb2": (Use.LOAD, Received(b"1")),
    }
    return [boot_file(name, use, changed.get(name, outcome)) for name, (use, outcome) in outcomes.items()]


def told(answers: list[BootFile], *, is_known: bool = True) -> list[str]:
    return [each.code for each in file_findings(SERVER, answers, is_known=is_known)]


def test_faults_of_files() -> None:
    assert told(files()) == []
    assert told(files(SEP=Failed(0, "undefined"))) == ["hunt-stops"]
    assert told(files(SEP=Received(b""))) == ["hunt-stops"]
    assert told(files(sb2=NotFound(""))) == ["load-absent"]
    assert told(files(SIP=NotFound(""))) == ["own-file-absent"]
    assert told(files(SIP=NotFound("")), is_known=False) == []
    assert told(files()[:4]) == ["no-load"]
    assert told(files()[:5]) == ["list-refused"]
    assert told([each._replace(result=FileResult.SILENT) for each in files()]) == ["tftp-silent"]


def test_only_xml_names_a_load_and_only_a_signed_list_names_images() -> None:
    xml = b"<Default><loadInformation7>P0S3-8-12-00</loadInformation7></Default>"
    assert named_load("XMLDefault.cnf.xml", xml, "7960") == "P0S3-8-12-00"
    assert named_load("XMLDefault.cnf.xml", xml, "7940") == ""
    assert named_load("SIPDefault.cnf", xml, "7960") == ""
    assert images_of("P0S3-8-12-00.loads", b"P003-8-12-00.sbn\n") == ()


@given(data=st.binary(max_size=600))
def test_any_bytes_are_no_list_or_a_list(data: bytes) -> None:
    assert len(images_of("X.loads", data)) in (0, 2)


class Cable:
    """Answers each DISCOVER with these messages."""

    def __init__(self, *answers: Message) -> None:
        self.sent: list[Message] = []
        self._answers = answers

    def plug_in(self, _mac: str, receive: object) -> None:
        self.receive = receive

    def unplug(self, mac: str) -> None:
        assert mac == MAC
        self.receive = None

    def send(self, frame: bytes) -> None:
        datagram = parse_udp_frame(frame)
        assert datagram is not None
        self.sent.append(parse(datagram.payload))
        for answer in self._answers:
            reply = UdpFrame("02005E000001", "FFFFFFFFFFFF", SERVER, "255.255.255.255", 67, 68, build(answer))
            self.receive(build_udp_frame(reply))  # type: ignore[operator]
        self.receive(b"noise")  # type: ignore[operator]


def test_discovery_sends_what_a_phone_sends_and_no_request() -> None:
    cable = Cable(offer(), offer("192.0.2.2"), replace(offer(), hardware_address=b"\0" * 6))
    discovery = Discovery(MAC, "7960", now=lambda: next(clock))
    clock = count(0.0, 2.1)
    offers = asyncio.run(discovery.run(cable, 9.0))
    assert [each.server for each in offers] == [SERVER, "192.0.2.2"]
    assert {message.type for message in cable.sent} == {MessageType.DISCOVER}
    assert len(cable.sent) >= 2
    assert cable.sent[0].option(codes.PARAMETER_LIST) == bytes((1, 66, 6, 3, 15, 150, 35))
    assert cable.receive is None


def test_an_invented_mac_is_local_and_always_the_same() -> None:
    assert invented_mac("52:54:00:AB:CD:EF") == "025400ABCDEF"


def report(**changed: object) -> ProbeReport:
    fields: dict[str, object] = {
        "interface": "eth0", "mac": MAC, "model": "7960", "is_known": True, "asks_dhcp": True,
        "offers": (read(offer(SERVER, IN_150, IN_66)),), "server": "192.0.2.7", "files": tuple(files()),
    }  # fmt: skip
    return ProbeReport(**{**fields, **changed})  # type: ignore[arg-type]


def test_the_json_has_its_form() -> None:
    for each in (report(), report(offers=(), files=()), report(files=tuple(files(sb2=NotFound("gone"))))):
        Probe.model_validate({"version": 1, **each.record()}, strict=False)
    assert report().is_sound
    assert not report(files=()).is_sound


def test_the_terminal_shows_offers_files_and_faults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = report(files=tuple(files(sb2=NotFound("gone"))))

    async def run(_options: object, progress: running.ProbeProgress) -> ProbeReport:
        progress.on_offer(seen.offers[0])
        progress.on_server(seen.server)
        for each in seen.files:
            progress.on_file(each)
        return seen

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr("ringup.serve.interfaces.choose", lambda _name: _Chosen)
    result = CliRunner().invoke(probe, ["--mac", MAC])
    assert result.exit_code == 1
    assert "192.0.2.1 (02005E000001) offers 192.0.2.50 after 0.5 s" in result.output
    assert "a phone takes TFTP server 192.0.2.7 (option 150)" in result.output
    assert "error: TFTP server 192.0.2.7\n  It does not send sb2 (error 1: gone)." in result.output
    assert max(map(len, result.output.splitlines())) <= 80


class _Chosen:
    name, mac = "eth0", "525400ABCDEF"


def test_a_sound_network_is_said_with_its_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert "would get its load and its files" in _concluded(report(), capsys)
    assert "A phone that is added" in _concluded(report(is_known=False), capsys)


def _concluded(seen: ProbeReport, capsys: pytest.CaptureFixture[str]) -> str:
    printing.print_conclusion(seen)
    return " ".join(capsys.readouterr().out.split())


def test_cdp_takes_no_options_of_the_probe(tmp_path: Path) -> None:
    result = CliRunner().invoke(probe, ["--cdp", "eth0", "--pcap", str(tmp_path / "x")])
    assert result.exit_code == 2
    assert "--cdp has neither --json nor --pcap." in result.output
