"""The connection to Asterisk's manager interface (AMI): the socket and the clock around `engine.ami`.

When the connection ends, `events` ends and every action raises an error. The caller has to connect again.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator, Iterable

from ringup.engine import ami
from ringup.errors import AmiRefused, OutsideError
from ringup.site.model import Channel
from ringup.wire.ami import AmiMessage

CONNECT_SECONDS = 5.0
"""Timeout in seconds for the connection and for the login."""

BOOT_SECONDS = 10.0
"""Seconds to wait until Asterisk has loaded its modules.

Asterisk accepts logins earlier. A reload before that time would miss some modules.
"""

READ_BYTES = 65_536
MOST_EVENTS_WAITING = 100_000
"""Maximum number of queued events: three for each of 30,000 lines that register after a power cut."""

MODULES: dict[Channel, str] = {
    "pjsip": "res_pjsip.so", "chan_sip": "chan_sip.so", "skinny": "chan_skinny.so",
}  # fmt: skip
"""The module to reload for each driver; a reload of res_pjsip reloads all objects of PJSIP."""

SHARED_MODULES = ("app_voicemail.so", "pbx_config.so")
"""Modules that are reloaded for every driver: first the mailboxes, then the dial plan, which uses the
mailboxes.
"""

_OTHER_DRIVER = (
    "Load it in modules.conf, or change pbx.driver. Asterisk 21 and later have no chan_sip, and two drivers "
    "cannot share port 5060."
)
_NOT_LOADED = {
    **dict.fromkeys((*SHARED_MODULES, MODULES["pjsip"], MODULES["chan_sip"]), _OTHER_DRIVER),
    MODULES[
        "skinny"
    ]: "Load it in modules.conf. Asterisk 21 and later do not have it: convert the phones to SIP "
    "(protocol=sip).",
}
"""The cure if Asterisk has not loaded a module."""

NO_SUCH_MODULE = "No such module"
BUSY_RELOADING = "A reload is in progress"
"""Asterisk's message when it refuses a reload because it carries out another one.

A command and `ringup serve` may reload for the same revision at the same time.
"""

RELOAD_SECONDS = 30.0
RELOAD_PAUSE = 0.05
"""Seconds for which a refused reload is repeated, and seconds between two attempts."""


class Manager:
    """One session on the manager interface; several tasks may use `action` and `command` at the same time."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        self._where = f"{host}:{port}"
        self._host = host
        self._port = port
        self._user = user
        self._session = ami.AmiSession(user, secret)
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._answers: dict[str, asyncio.Future[ami.Answered]] = {}
        self._events: asyncio.Queue[AmiMessage | None] = asyncio.Queue(MOST_EVENTS_WAITING)
        self._login: asyncio.Future[None] | None = None
        self._booted = asyncio.Event()
        self._changed = asyncio.Event()
        self._lost = ""

    async def connect(self) -> str:
        """Log in and wait until Asterisk has started completely; return its version, like ``22.10.1``."""
        loop = asyncio.get_running_loop()
        tried = f"logging in to Asterisk's manager interface at {self._where}"
        self._login = loop.create_future()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, self._writer = await asyncio.open_connection(self._host, self._port)
                self._tasks = [
                    loop.create_task(self._read(reader)),
                    loop.create_task(self._keep_time()),
                ]
                await self._login
        except TimeoutError:
            self._login.cancel()
            cure = "Check the address and port in pbx.manager_host and pbx.manager_port."
            raise OutsideError(tried, "no answer.", cure) from None
        except (OSError, socket.gaierror) as error:
            self._login.cancel()
            cure = "Check that Asterisk runs and that its manager.conf has enabled = yes."
            raise OutsideError(tried, _reason(error), cure) from error
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BOOT_SECONDS):
                await self._booted.wait()
        settings = await self.action("CoreSettings")
        return settings.response.get("AsteriskVersion").split("~")[0].split("+")[0]

    async def action(self, name: str, fields: Iterable[tuple[str, str]] = ()) -> ami.Answered:
        """Send one action; raises AmiRefused with Asterisk's reply, or OutsideError if Asterisk does not
        reply.
        """
        if self._lost or self._writer is None:
            raise OutsideError(f"asking Asterisk for {name}", self._lost or "not connected.", "")
        action_id, data = self._session.act(name, fields, self._now())
        future = asyncio.get_running_loop().create_future()
        self._answers[action_id] = future
        self._writer.write(data)
        self._changed.set()
        answered: ami.Answered = await future
        if answered.response.get("Response") == "Error":
            raise AmiRefused(
                f"asking Asterisk for {name}",
                f"{answered.response.get('Message')}.",
                _cure(answered.response),
            )
        return answered

    async def command(self, text: str) -> str:
        """Return the output of a console command; needs the right ``command`` in manager.conf."""
        answered = await self.action("Command", [("Command", text)])
        return "\n".join(answered.response.all("Output"))

    async def reload(self, *channels: Channel) -> None:
        """Make Asterisk read the files of `install` again, for these drivers.

        chan_sip reads its files shortly after this returns.
        """
        for module in (*SHARED_MODULES, *(MODULES[channel] for channel in channels)):
            try:
                await self._reload(module)
            except AmiRefused as error:
                if NO_SUCH_MODULE not in error.answer:
                    raise
                raise AmiRefused(
                    f"reloading {module}",
                    "Asterisk has not loaded this module.",
                    _NOT_LOADED[module],
                ) from error

    async def _reload(self, module: str) -> None:
        """Reload one module; while Asterisk carries out another program's reload, try again."""
        until = self._now() + RELOAD_SECONDS
        while True:
            try:
                await self.action("Reload", [("Module", module)])
                return
            except AmiRefused as error:
                if BUSY_RELOADING not in error.answer or self._now() > until:
                    raise
            await asyncio.sleep(RELOAD_PAUSE)

    async def events(self) -> AsyncIterator[AmiMessage]:
        """Yield the events as they arrive, until the connection ends."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """End the connection; this may be called at any time."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._lose("the connection is closed.")
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None

    @property
    def lost(self) -> str:
        """Return the reason why the connection ended; empty while it is open."""
        return self._lost

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while not self._lost and (data := await reader.read(READ_BYTES)):
                self._send(self._session.receive(data, self._now()))
                self._take_results()
            self._lose("Asterisk closed the connection.")
        except OSError as error:
            self._lose(f"{error.strerror or error}.")

    async def _keep_time(self) -> None:
        """Call the engine each time its timer expires."""
        while not self._lost:
            self._changed.clear()
            wake_at = self._session.wake_at
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(wake_at):
                    await self._changed.wait()
                    continue
            self._send(self._session.wake(self._now()))
            self._take_results()

    def _send(self, replies: list[bytes]) -> None:
        if self._writer is not None:
            self._writer.writelines(replies)
        if replies:
            self._changed.set()

    def _take_results(self) -> None:
        for result in self._session.take_results():
            match result:
                case ami.LoggedIn():
                    self._settle_login(None)
                case ami.LoginRefused(reason):
                    self._settle_login(self._login_refused(reason))
                case ami.Answered(action_id):
                    self._settle(action_id, result)
                case ami.UnansweredAction(action_id):
                    self._settle(
                        action_id, OutsideError("asking Asterisk", "no answer in time.", "Is it busy?")
                    )
                case ami.Happened(event):
                    self._happened(event)
                case ami.Broken(reason):
                    self._lose(f"{reason}.")

    def _happened(self, event: AmiMessage) -> None:
        if event.get("Event") == "FullyBooted":
            self._booted.set()
        # If the reader is too slow, the newest events are lost. The next qualify reports the states again.
        if not self._events.full():
            self._events.put_nowait(event)

    def _login_refused(self, reason: str) -> AmiRefused:
        return AmiRefused(
            f"logging in to Asterisk's manager interface at {self._where} as {self._user}",
            _sentence(reason),
            "Check the user's section, secret, permit and deny in manager.conf; then: asterisk -rx "
            "'manager reload'",
        )

    def _settle_login(self, error: Exception | None) -> None:
        if self._login is None or self._login.done():
            return
        if error is None:
            self._login.set_result(None)
        else:
            self._login.set_exception(error)

    def _settle(self, action_id: str, outcome: ami.Answered | OutsideError) -> None:
        future = self._answers.pop(action_id, None)
        if future is None or future.done():
            return
        if isinstance(outcome, OutsideError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _lose(self, reason: str) -> None:
        """Raise this error in every task that waits for a reply."""
        if self._lost:
            return
        self._lost = reason
        self._settle_login(OutsideError(f"logging in to {self._where}", reason, ""))
        for action_id in list(self._answers):
            self._settle(action_id, OutsideError("asking Asterisk", reason, ""))
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(None)
        self._changed.set()


def _reason(error: OSError) -> str:
    """Return the system's text for the error; asyncio's own text contains only the address."""
    is_of_system = error.errno in errno.errorcode
    return f"{os.strerror(error.errno) if is_of_system and error.errno else error.strerror or error}."


def _sentence(text: str) -> str:
    return f"{text.rstrip('. ')}."


def _cure(response: AmiMessage) -> str:
    if "permission" in response.get("Message").lower():
        return (
            "Give the manager user read and write = system,call,command,config,reporting,security,user in "
            "manager.conf."
        )
    return ""
