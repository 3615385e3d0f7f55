"""Another host requests the phones' pages in every spelling: it gets no names, and causes no server error."""

import sys
from pathlib import Path

import pytest

from ringup.site.model import Line, Phone, Site
from ringup.site.page_tokens import token_of
from tests.attack.segment import MAC, SECRET, SERVER, SITE, segment
from tests.attack.test_http_held import become_the_phone

pytestmark = pytest.mark.peers

NAME, NUMBER = "Larry Ellison", "4711"
STAFFED = Site(
    **{
        **dict(SITE),
        "phones": (Phone(mac=MAC, lines=(Line(extension=NUMBER, name=NAME, secret=SECRET),)),),
    }
)
PAGES = ("directory-names", "directory-search?name_or_keys=", "directory-search?name_or_keys=2", "this-phone")
SPELLINGS = (
    *(f"/phone/service/{page}" for page in PAGES),
    *(f"http://{SERVER}/phone/service/{page}" for page in PAGES),
    "/phone//service/directory-names",
    "/phone/./service/directory-names",
    "/phone/services/../service/directory-names",
    "/phone/%73ervice/directory%2dnames",
    "/phone/directory-names",
    "/phone/DIRECTORY-NAMES",
    "//phone/service/directory-names",
    "/phone/service/directory-names;x=1",
    f"/phone/../SIP{MAC}.cnf",
    f"/phone/%2e%2e/SIP{MAC}.cnf",
    f"/phone/service/SIP{MAC}.cnf",
    "/phone/service/%00",
    "/phone/service/directory-search?name_or_keys=" + "A" * 7_000,
    "/phone/service/directory-search?" + "&".join(f"a{at}=1" for at in range(900)),
    "/phone/services?start=" + "9" * 5_000,
    "/phone/services?start=-1&start=%FF&start=\u00b2",
    "/phone/" + "service/" * 800,
)
CLAIMS = "X-Forwarded-For: 10.77.1.1\r\nForwarded: for=10.77.1.1\r\nX-Real-IP: 10.77.1.1\r\n" + (
    f"X-CiscoIPPhoneModelName: CP-7960\r\nCookie: mac={MAC}\r\nAuthorization: Basic eDp4\r\n"
)

ASK = f"""
import socket, sys, time
whose = sys.argv[1]
def asked(request):
    answer = b""
    with socket.create_connection(("{SERVER}", 6970), 5) as client:
        client.settimeout(15)
        try:
            client.sendall(request)
            while more := client.recv(9000):
                answer += more
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass
    return answer
end = "Connection: close\\r\\n\\r\\n"
for line in open(whose, encoding="latin-1").read().split("\\n"):
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        request = f"{{method}} {{line}} HTTP/1.1\\r\\nHost: x\\r\\n" + {CLAIMS!r} + end
        print(method, line[:60], repr(asked(request.encode("latin-1"))))
menu = b"GET /phone/services HTTP/1.1\\r\\n"
for host in (b"evil\\r\\nx: y", b"a" * 4000, b'"><script>', b"x\\x00y", b"a, b", b"[::1]"):
    print("host", repr(asked(menu + b"Host: " + host + b"\\r\\n" + end.encode())))
for body in (b"Content-Length: 99999\\r\\n\\r\\n", b"Transfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n"):
    print("body", repr(asked(menu + b"Host: x\\r\\n" + body)))
"""

FLOOD = f"""
import socket, sys, time
request = b"GET /phone/service/directory-names HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n"
until, sent = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < until:
    opened = []
    for _ in range(12):
        each = socket.create_connection(("{SERVER}", 6970), 5)
        each.sendall(request)
        opened.append(each)
    for each in opened:
        try:
            while each.recv(9000):
                pass
        except OSError:
            pass
        each.close()
        sent += 1
print(sent)
"""
OWN = f"""
import urllib.request
for page in {PAGES!r}:
    print(urllib.request.urlopen("http://{SERVER}:6970/phone/service/" + page, timeout=5).read())
"""


def test_another_host_gets_no_page_of_a_phone_in_any_spelling(tmp_path: Path) -> None:
    (tmp_path / "spellings").write_text("\n".join(SPELLINGS), encoding="latin-1")
    with segment(tmp_path, STAFFED) as here:
        assert here.boot() == ""
        told = here.attack(ASK, str(tmp_path / "spellings"))
        become_the_phone(here)
        own = here.net.run("phone", [sys.executable, "-c", OWN]).stdout
        log = here.log.read_text()
    answers = told.splitlines()
    assert len(answers) == 4 * len(SPELLINGS) + 8
    for answer in answers:
        assert not any(word in answer for word in ("Larry", "Ellison", NUMBER, SECRET, MAC.lower())), answer
        assert "HTTP/1.1 5" not in answer, answer
    assert "<script" not in told
    assert own.count(NAME) >= 2
    assert SECRET not in own
    assert "fault in ringup" not in log.lower()
    assert "Traceback" not in log


TOKENS = STAFFED.model_copy(update={"page_tokens": "all", "page_tokens_secret": SECRET})
TOKEN = token_of(TOKENS, TOKENS.phones[0])
GUESSES = (
    "/phone",
    f"/phone/~{MAC}-",
    f"/phone/~{TOKEN[:-1]}",
    f"/phone/~{TOKEN[:-1]}0",
    f"/phone/~{TOKEN.upper()}",
    f"/phone/~001646000000{TOKEN[12:]}",
    f"/phone/~{MAC}-{'a' * 26}",
)
OWN_BY_TOKEN = OWN.replace("/phone/service", f"/phone/~{TOKEN}/service")


def test_another_host_gets_no_page_of_a_phone_by_a_guessed_token(tmp_path: Path) -> None:
    guesses = [f"{begins}/service/{page}" for begins in GUESSES for page in PAGES]
    (tmp_path / "guesses").write_text("\n".join(guesses), encoding="latin-1")
    with segment(tmp_path, TOKENS) as here:
        assert here.boot() == ""
        told = here.attack(ASK, str(tmp_path / "guesses"))
        become_the_phone(here)
        own = here.net.run("phone", [sys.executable, "-c", OWN_BY_TOKEN]).stdout
        by_address = here.net.run("phone", [sys.executable, "-c", OWN]).stdout
        log = here.log.read_text()
    assert len(told.splitlines()) == 4 * len(guesses) + 8
    assert not any(word in told for word in ("Larry", "Ellison", NUMBER, SECRET)), told
    assert own.count(NAME) >= 2
    assert NAME not in by_address
    assert TOKEN[13:] not in log


def test_a_flood_of_requests_for_pages_keeps_no_phone_waiting(tmp_path: Path) -> None:
    with segment(tmp_path, STAFFED) as here:
        flood = here.attack_beside(FLOOD, "8")
        failures = [here.boot(), here.boot()]
        sent = int(flood())
        stored, logged = here.stored, here.log.stat().st_size
    assert failures == ["", ""]
    assert sent > 100
    assert stored < 2_000_000
    assert logged < 1_000_000
