"""News reaches its receivers, signed, once, in order; a receiver that fails delays nobody else's."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ringup.events import LineRegistered, LineUnreachable, MachineFault
from ringup.store.history import add_events
from ringup.store.hooks import Hook, read_hooks, remove_hook, save_hook
from ringup.web.context import Web
from ringup.web.hooks.news import News, NewsFinder
from ringup.web.hooks.sender import SIGNATURE, TRIES, HookSender, body_of, post
from ringup.web.live.follower import FleetChange
from tests.cli.fleet import ANNA, BERT, fill
from tests.web.asking import CSRF, browser, web_of

NEWS = News("registered", 1.0, ANNA, "Anna", "1600 is registered")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        yield made


class Receiver(HTTPServer):
    """Keeps what is posted, and answers with a status."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[bytes, str]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=b"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, self.headers[SIGNATURE]))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def hook(url: str, *kinds: str) -> Hook:
    return Hook("inventory", url, kinds or ("registered",), "k3y", "larry", 1.0)


def test_a_message_is_json_and_signed(receiver: Receiver) -> None:
    assert post(hook(receiver.url), NEWS) == ""
    [(body, signature)] = receiver.got
    assert json.loads(body) == {
        "version": 1, "kind": "registered", "at": 1.0, "mac": ANNA, "name": "Anna",
        "text": "1600 is registered", "code": "",
    }  # fmt: skip
    assert signature == f"sha256={hmac.new(b'k3y', body, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_than_success_is_a_fault(receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    assert post(hook(receiver.url), NEWS) == f"it answered with status {status}"
    assert len(receiver.got) == 1


def test_a_message_is_repeated_some_times_and_the_fault_is_kept(web: Web, receiver: Receiver) -> None:
    sender, pauses = HookSender(web.engine, web.follower), list[float]()
    receiver.statuses = [500, 500]
    sender._deliver(hook(receiver.url), NEWS, pauses.append)
    assert (pauses, sender.faults) == ([1.0, 2.0], {})
    receiver.statuses = [500] * TRIES
    sender._deliver(hook(receiver.url), NEWS, pauses.append)
    assert "500" in sender.faults["inventory"]
    assert post(hook("http://127.0.0.1:1/"), NEWS) != ""


def test_only_receivers_of_the_kind_get_the_news_and_the_queue_is_bounded(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = HookSender(web.engine, web.follower)
    save_hook(web.engine, hook("http://x/", "lost"))
    sender.put(NEWS)
    assert sender._waiting.empty()
    sender.put(replace(NEWS, kind="lost"))
    assert sender._waiting.qsize() == 1
    sender._waiting.maxsize = 1
    sender.put(replace(NEWS, kind="lost"))
    assert "dropped" in sender.faults["inventory"]


def change(web: Web) -> FleetChange:
    """Return the change after new events, as the follower publishes it."""
    before = web.follower.latest
    web.follower.read_once()
    now = web.follower.latest
    macs = {mac for mac, row in now.by_mac.items() if before.by_mac.get(mac) != row}
    return FleetChange(now, frozenset(macs), ())


def test_phones_that_come_and_go_and_faults_are_news_once(web: Web) -> None:
    fill(web.engine)
    web.follower.read_once()
    finder = NewsFinder(web.follower.latest)
    add_events(web.engine, [LineRegistered(500, BERT, "202", "sip:202@10.0.0.2")])
    assert [(each.kind, each.mac) for each in finder.news(change(web))] == [("registered", BERT)]
    add_events(web.engine, [LineUnreachable(600, BERT, "202")])
    assert ("lost", BERT) in [(each.kind, each.mac) for each in finder.news(change(web))]
    add_events(web.engine, [MachineFault(700, "", "disk-full", "The disk is full.", "Free some space.")])
    after = change(web)
    assert [(each.kind, each.code) for each in finder.news(after) if not each.mac] == [
        ("finding", "disk-full")
    ]
    assert [each for each in finder.news(after) if not each.mac] == []


def test_receivers_are_made_and_removed_on_the_page_and_by_the_api(web: Web, tmp_path: Path) -> None:
    client, sent = browser(web, "administrator"), {"csrf": CSRF, "name": "inventory"}
    assert client.post("/hooks", data=sent | {"url": "ftp://x", "kind": "lost"}).status_code == 422
    assert client.post("/hooks", data=sent | {"url": "https://example.com/hook"}).status_code == 422
    page = client.post("/hooks", data=sent | {"url": "https://example.com/hook", "kind": ["lost", "finding"]})
    [made] = read_hooks(web.engine)
    assert made.secret in page.text
    assert made.secret not in client.get("/hooks").text
    assert made.secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("ringup.db*"))
    assert client.post("/hooks/inventory/remove", data={"csrf": CSRF}).status_code == 303
    program = browser(web)
    program.headers["authorization"] = "Bearer administrator"
    body = {"url": "https://example.com/hook", "kinds": ["registered"]}
    assert program.put("/api/v1/hooks/other", json=body).json()["secret"]
    assert program.get("/api/v1/hooks").json()[0]["name"] == "other"
    assert program.delete("/api/v1/hooks/other").status_code == 204
    assert not remove_hook(web.engine, "other")
    assert body_of(NEWS).startswith(b"{")
