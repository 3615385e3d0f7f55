"""A Kea that keeps its configuration in memory and answers on a Unix socket, one command per connection."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class FakeKea:
    """The configuration, the commands that were received, and the replies that were planted."""

    def __init__(self, path: Path, config: dict[str, Any]) -> None:
        self.path = str(path)
        self.config = config
        self.commands: list[str] = []
        self.replies: dict[str, Any] = {}
        """A reply for a command instead of the usual one; a text is sent as it is."""
        self.on_test: Callable[[], None] = lambda: None
        """Called at config-test, to change the configuration as another program does."""

    def reply(self, asked: dict[str, Any]) -> Any:
        """Return the reply to a command."""
        name = asked["command"]
        self.commands.append(name)
        if name in self.replies:
            return self.replies[name]
        if name == "config-get":
            return {"result": 0, "arguments": {"Dhcp4": self.config, "hash": "ABC"}}
        if name == "config-test":
            self.on_test()
        if name == "config-set":
            self.config = asked["arguments"]["Dhcp4"]
        written = {"filename": "/etc/kea/kea-dhcp4.conf"} if name == "config-write" else {}
        return {"result": 0, "text": "Done.", "arguments": written}


@contextmanager
def fake_kea(folder: Path, config: dict[str, Any]) -> Iterator[FakeKea]:
    """Run it until the block ends."""
    kea = FakeKea(folder / "kea.sock", config)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            decoder, text = json.JSONDecoder(), ""
            while True:
                text += self.request.recv(65536).decode()
                try:
                    asked, _end = decoder.raw_decode(text)
                    break
                except ValueError:
                    continue
            reply = kea.reply(asked)
            self.wfile.write((reply if isinstance(reply, str) else json.dumps(reply)).encode())

    with socketserver.ThreadingUnixStreamServer(kea.path, Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield kea
        finally:
            server.shutdown()
            thread.join()
