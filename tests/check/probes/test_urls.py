"""URLs are fetched as a phone fetches them: without following redirections."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ringup.check.facts import UrlAnswer
from ringup.check.probes.urls import answers


@pytest.fixture
def port() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/menu.xml?a=1" else 302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_page_a_redirection_and_a_closed_port_are_told_apart(port: int) -> None:
    page, moved = f"http://127.0.0.1:{port}/menu.xml?a=1", f"http://127.0.0.1:{port}/old"
    found = answers([page, moved, "http://127.0.0.1:1/", "tftp://127.0.0.1/x", "http://[::1/"])
    assert found[page].status == 200
    assert found[moved] == UrlAnswer(302, "/elsewhere")
    assert found["http://127.0.0.1:1/"] == UrlAnswer(error="Connection refused")
    assert found["http://[::1/"].error
    assert len(found) == 4
