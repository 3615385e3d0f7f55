"""Files over HTTP: every kind of response, and the events about it."""

import asyncio

import pytest

from ringup.engine.found import Found
from ringup.events import (
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    ServerFault,
    TransferFailed,
)
from ringup.pages import files as http_files
from ringup.pages.files import LONGEST_NAME, FilesOverHttp, content_type, entity_tag, requested_name
from ringup.wire.file_names import MOST_SHOWN
from tests.pages.http_client import (
    FILES,
    MAC,
    TIMEOUT,
    Told,
    ask,
    connected,
    read_answer,
    serving,
    serving_files,
)

IMAGE = "P0S3-8-12-00.sb2"
TAG = entity_tag(FILES[IMAGE])
SIZE = len(FILES[IMAGE])


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/SIPDefault.cnf", "SIPDefault.cnf"),
        ("/US/7960-tones.xml", "US/7960-tones.xml"),
        ("/US%2F7960-tones.xml", "US/7960-tones.xml"),
        ("/Zo%EB.raw", "Zoë.raw"),
        ("/SIPDefault.cnf?mac=1", "SIPDefault.cnf"),
        ("http://10.0.0.1:6970/SIPDefault.cnf", "SIPDefault.cnf"),
        (f"/{IMAGE}", IMAGE),
    ],
)
@pytest.mark.asyncio
async def test_a_file_arrives_whole_and_is_told_of(target: str, name: str) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, target)
        sent = await told.until(FileSent)
    assert (answer.status, answer.body) == (200, FILES[name])
    assert answer.headers["content-type"] == content_type(name)
    assert answer.headers["etag"] == entity_tag(FILES[name])
    assert answer.headers["accept-ranges"] == "bytes"
    assert "date" in answer.headers
    assert isinstance(sent, FileSent)
    assert (sent.mac, sent.name, sent.address, sent.size) == (MAC, name, "127.0.0.1", len(FILES[name]))
    assert 0 <= sent.seconds < TIMEOUT
    assert told.events == [sent]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("XMLDefault.cnf.xml", "text/xml"),
        ("DIALPLAN.XML", "text/xml"),
        (f"SIP{MAC}.cnf", "text/plain; charset=iso-8859-1"),
        ("RINGLIST.DAT", "application/octet-stream"),
        ("logo.bmp", "image/bmp"),
        (IMAGE, "application/octet-stream"),
    ],
)
def test_the_content_type_is_that_of_the_name(name: str, kind: str) -> None:
    assert content_type(name) == kind


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/CTLSEP001646C0FFEE.tlv", FileNotFound),
        ("/", FileNotFound),
        ("/" + "x" * (LONGEST_NAME + 1), FileNotFound),
        (f"/SIP{MAC}.cnf", FileRefused),
    ],
)
@pytest.mark.asyncio
async def test_no_file_is_404_without_a_path_or_a_reason(
    target: str, kind: type[FileNotFound] | type[FileRefused]
) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, target)
        event = await told.until(kind)
    assert (answer.status, answer.body) == (404, b"File not found\n")
    assert [type(each) for each in told.events] == [kind]
    assert isinstance(event, kind)
    assert event.mac == MAC
    assert event.reason
    assert len(event.name) <= MOST_SHOWN


@pytest.mark.asyncio
async def test_our_own_fault_is_told_and_is_404_for_the_phone() -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, "/broken")
        fault = await told.until(ServerFault)
        assert (await ask(service, "/dialplan.xml")).body == FILES["dialplan.xml"]
    assert (answer.status, answer.body) == (404, b"File not found\n")
    assert isinstance(fault, ServerFault)
    assert "a renderer's bug" in fault.what


@pytest.mark.asyncio
async def test_a_fault_anywhere_else_is_told_too() -> None:
    def no_lease(_address: str) -> str:
        raise RuntimeError("a bug of the leases")

    def nothing(_name: str, _address: str) -> Found:
        raise AssertionError("it was not come to")

    told = Told()
    async with serving(FilesOverHttp(nothing, no_lease, told.hear)) as service:
        answer = await ask(service, "/dialplan.xml")
        fault = await told.until(ServerFault)
    assert answer.status == 500
    assert b"bug" not in answer.body
    assert isinstance(fault, ServerFault)
    assert "a bug of the leases" in fault.what


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.asyncio
async def test_another_method_is_405_and_says_which_there_are(method: str) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, "/dialplan.xml", "Content-Length: 0", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert told.events == []


@pytest.mark.asyncio
async def test_a_head_has_the_headers_alone_and_is_not_told_of() -> None:
    async with serving_files() as (service, told):
        async with connected(service) as (reader, writer):
            writer.write(f"HEAD /{IMAGE} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n".encode())
            head = await read_answer(reader, head=True)
            writer.write(b"HEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            absent = await read_answer(reader, head=True)
            writer.write(b"GET /dialplan.xml HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await read_answer(reader)).body == FILES["dialplan.xml"]
        await told.until(FileSent)
    assert (head.status, head.headers["content-length"], head.headers["etag"]) == (200, str(SIZE), TAG)
    assert absent.status == 404
    assert [type(event) for event in told.events] == [FileNotFound, FileSent]


@pytest.mark.parametrize(
    "condition", [TAG, f"W/{TAG}", f'"other", {TAG}', "*"], ids=["the tag", "weak", "a list", "any"]
)
@pytest.mark.parametrize("more", [(), ("Range: bytes=0-1",)], ids=["whole", "a part"])
@pytest.mark.asyncio
async def test_who_has_the_file_already_is_told_so(condition: str, more: tuple[str, ...]) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, f"/{IMAGE}", f"If-None-Match: {condition}", *more)
        sent = await told.until(FileSent)
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", TAG)
    assert isinstance(sent, FileSent)
    assert sent.size == 0


@pytest.mark.parametrize("header", ['If-None-Match: "other"', "If-None-Match: nonsense", f"If-Match: {TAG}"])
@pytest.mark.asyncio
async def test_who_has_another_file_gets_this_one(header: str) -> None:
    async with serving_files() as (service, _):
        answer = await ask(service, f"/{IMAGE}", header)
    assert (answer.status, answer.body) == (200, FILES[IMAGE])


@pytest.mark.parametrize("header", ['If-Match: "other"', f"If-Match: W/{TAG}"])
@pytest.mark.asyncio
async def test_who_wants_only_another_file_gets_none(header: str) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, f"/{IMAGE}", header)
        await told.until(FileRefused)
    assert answer.status == 412


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=1000-1999", slice(1000, 2000)),
        ("bytes=700000-", slice(700_000, SIZE)),
        ("bytes=-5", slice(SIZE - 5, SIZE)),
        ("bytes=0-99999999", slice(0, SIZE)),
    ],
)
@pytest.mark.parametrize("more", [(), (f"If-Range: {TAG}",)], ids=["", "if it is the same"])
@pytest.mark.asyncio
async def test_a_part_is_206_with_its_place(wanted: str, part: slice, more: tuple[str, ...]) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, f"/{IMAGE}", f"Range: {wanted}", *more)
        sent = await told.until(FileSent)
    assert (answer.status, answer.body) == (206, FILES[IMAGE][part])
    assert answer.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/{SIZE}"
    assert answer.headers["etag"] == TAG
    assert isinstance(sent, FileSent)
    assert sent.size == part.stop - part.start


@pytest.mark.parametrize(
    "headers",
    [
        ("Range: bytes=0-1,5-6",),
        ("Range: bytes=0-1", "Range: bytes=5-6"),
        ("Range: bytes=5-4",),
        ("Range: nonsense",),
        ("Range: bytes=0-1", 'If-Range: "other"'),
        ("Range: bytes=0-1", f"If-Range: W/{TAG}"),
        ("Range: bytes=0-1", "If-Range: Sat, 01 Jan 2005 00:00:00 GMT"),
    ],
)
@pytest.mark.asyncio
async def test_a_range_that_cannot_be_given_is_the_whole_file(headers: tuple[str, ...]) -> None:
    async with serving_files() as (service, _):
        answer = await ask(service, f"/{IMAGE}", *headers)
    assert (answer.status, answer.body) == (200, FILES[IMAGE])


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=-0"])
@pytest.mark.asyncio
async def test_a_part_behind_the_end_is_416_with_the_size(wanted: str) -> None:
    async with serving_files() as (service, told):
        answer = await ask(service, f"/{IMAGE}", f"Range: {wanted}")
        await told.until(FileRefused)
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.asyncio
async def test_a_phone_that_leaves_early_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image is larger than the buffers of both kernels and of the server for one connection."""
    big = bytes(32 * 1024 * 1024)
    monkeypatch.setitem(FILES, "big", big)
    async with serving_files() as (service, told):
        async with connected(service) as (reader, writer):
            writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.wait_for(reader.readexactly(1000), TIMEOUT)
        abandoned = await told.until(TransferFailed)
        assert (await ask(service, "/dialplan.xml")).status == 200
    assert isinstance(abandoned, TransferFailed)
    assert (abandoned.mac, abandoned.name, abandoned.size) == (MAC, "big", len(big))
    asked = told.events[0]
    assert isinstance(asked, FileRequested)
    assert (asked.mac, asked.name, asked.address) == (MAC, "big", "127.0.0.1")
    assert [type(event) for event in told.events[:2]] == [FileRequested, TransferFailed]
    assert 0 <= abandoned.sent < len(big)


@pytest.mark.asyncio
async def test_a_request_is_told_of_when_its_answer_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_files, "OPEN_SECONDS", 0.0)
    big = bytes(32 * 1024 * 1024)
    monkeypatch.setitem(FILES, "big", big)
    async with serving_files() as (service, told), connected(service) as (reader, writer):
        writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        asked = await told.until(FileRequested)
        await asyncio.wait_for(read_answer(reader), TIMEOUT)
        sent = await told.until(FileSent)
    assert told.events == [asked, sent]
    assert isinstance(asked, FileRequested)
    assert isinstance(sent, FileSent)
    assert sent.at - sent.seconds == asked.at


@pytest.mark.asyncio
async def test_a_request_whose_outcome_was_told_is_not_told_of_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving_files() as (service, told):
        await ask(service, "/dialplan.xml")
        sent = await told.until(FileSent)
        loop = asyncio.get_running_loop()
        later = loop.time() + 2 * http_files.OPEN_SECONDS
        with monkeypatch.context() as clock:
            clock.setattr(loop, "time", lambda: later)
            for _ in range(2):  # the first turn of the loop finds what is due, and the second one runs it
                await asyncio.sleep(0)
    assert told.events == [sent]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (b"/a", "a"),
        (b"//a", "/a"),
        (b"/..%2f..%2fetc%2fpasswd", "../../etc/passwd"),
        (b"HTTP://host/a/b", "a/b"),
        (b"http://host", ""),
        (b"*", "*"),
        (b"/%zz%", "%zz%"),
        (b"/%00", "\0"),
    ],
)
def test_any_target_is_some_name(target: bytes, name: str) -> None:
    """`files.find` refuses names that lead out of the folder or are not valid, as it does over TFTP."""
    assert requested_name(target) == name


def test_a_tag_is_that_of_the_bytes() -> None:
    assert entity_tag(b"one") == entity_tag(bytes(bytearray(b"one")))
    assert entity_tag(b"one") != entity_tag(b"two")
    assert entity_tag(b"one").startswith('"')
