"""A manager interface that replies from a script; it does enough of Asterisk to test a connection to it."""

import asyncio
import hashlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from ringup.wire.ami import AmiMessage, Framer, build, parse

BANNER = b"Asterisk Call Manager/7.0.3\r\n"
CHALLENGE = "4711"

Answer = Callable[[AmiMessage], list[AmiMessage]]


def message(**fields: str) -> AmiMessage:
    """Return a message with these fields."""
    return AmiMessage(tuple(fields.items()))


class FakeAsterisk:
    """Listens on a free port of loopback; `seen` contains every action that it received."""

    def __init__(self, secret: str = "s3cret", *, booted: bool = True, banner: bytes = BANNER) -> None:
        self.seen: list[AmiMessage] = []
        self.answers: dict[str, Answer] = {}
        self.port = 0
        self._secret = secret
        self._booted = booted
        self._banner = banner
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """End every connection."""
        for writer in self._writers:
            writer.close()

    def say(self, *messages: AmiMessage) -> None:
        """Send events to all connections."""
        for writer in self._writers:
            writer.write(b"".join(build(one) for one in messages))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(self._banner)
        framer = Framer()
        framer.feed(BANNER)
        while data := await reader.read(4096):
            for piece in framer.feed(data):
                action = parse(piece)
                self.seen.append(action)
                # One write is used, because asyncio of 3.12 and 3.13 refuses an empty generator of lines.
                writer.write(b"".join(build(answer) for answer in self._answer(action)))
        writer.close()

    def _answer(self, action: AmiMessage) -> list[AmiMessage]:
        name, action_id = action.get("Action"), action.get("ActionID")
        if name in self.answers:
            return self.answers[name](action)
        if name == "Login" and not self._right_key(action):
            return [message(Response="Error", ActionID=action_id, Message="Authentication failed")]
        extra = {
            "Challenge": {"Challenge": CHALLENGE},
            "CoreSettings": {"AsteriskVersion": "22.10.1+dfsg+~cs6.17.60671434-1"},
        }.get(name, {})
        answers = [message(Response="Success", ActionID=action_id, **extra)]
        if name == "Login" and self._booted:
            answers.append(message(Event="FullyBooted", Status="Fully Booted"))
        return answers

    def _right_key(self, action: AmiMessage) -> bool:
        return action.get("Key") == hashlib.md5(f"{CHALLENGE}{self._secret}".encode()).hexdigest()


def refusing(text: str) -> Answer:
    """Return a reply that refuses an action."""
    return lambda action: [message(Response="Error", ActionID=action.get("ActionID"), Message=text)]
