"""Run one phone's SCCP client on a host: its connection, its RTP port and its timer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import Random

from ringup.emulator.report import Report
from ringup.emulator.runner import PhoneRunner
from ringup.emulator.sccp.config import SccpConfig, Server
from ringup.emulator.sccp.host import Connection, SccpHost
from ringup.emulator.sccp.phone import SccpPhone
from ringup.emulator.sccp.sockets import NetworkSccpHost
from ringup.emulator.sip.config import OutgoingDatagram
from ringup.errors import WireError
from ringup.wire.sccp import messages, of_phone
from ringup.wire.sccp.frame import Stream, build

RESTART = 2
"""The kind of reset after which the phone keeps running (P-SCCP-17)."""


class SccpRunner(PhoneRunner[SccpPhone, object]):
    """Runs one phone's SCCP client."""

    def __init__(
        self, on_report: Callable[[Report], None], random: Random | None = None, host: SccpHost | None = None
    ) -> None:
        self._random = random or Random()  # noqa: S311 - a phone's dice, not a secret
        self._host: SccpHost = host or NetworkSccpHost(lambda why: self._report("unsent", reason=why))
        super().__init__(on_report, self._host)
        self._link: Connection | None = None
        self._stream = Stream()
        self._ended = asyncio.Event()
        self._reason = ""

    async def serve(self, config: SccpConfig) -> str:
        """Register with the first server that accepts the phone, and stay until the registration ends.

        Returns ``reset`` for a full reset, ``restart``, or the reason why the phone is not in service.
        """
        reason = "the configuration names no CallManager"
        for server in config.servers:
            reason = await self._serve_at(config, server)
            if reason in ("reset", "restart"):
                break
        return reason

    async def _serve_at(self, config: SccpConfig, server: Server) -> str:
        self._ended.clear()
        self._reason = ""
        self._stream = Stream()
        try:
            async with asyncio.timeout(config.times.connect):
                self._link = await self._host.connect(config.address, server, self._receive, self._lost)
        except (OSError, TimeoutError) as error:
            reason = f"no connection to {server.address}: {str(error) or 'no answer'}"
            self._report("sccp-unreachable", server=server.address, reason=reason)
            return reason
        phone = SccpPhone(config, self._random)
        self._begin(phone, config.address)
        self._carry_out(phone.start())
        try:
            await self._ended.wait()
        finally:
            self._report_lines("unregistered")
            await self.stop()
        return self._reason

    async def leave(self) -> None:
        """Unregister, as a phone does before a restart."""
        phone = self._phone
        if phone is None:
            return
        self._carry_out([of_phone.Unregister()])
        with suppress(TimeoutError):
            async with asyncio.timeout(phone.config.times.unregister):
                await self._ended.wait()
        await self.stop()

    async def command(self, name: str, **arguments: object) -> None:
        """Carry out an action of a person at the phone; raises ValueError if a person could not do it."""
        if self._phone is None or not self._phone.registration.is_registered:
            raise ValueError("the phone is not registered")
        self._carry_out(self._phone.command(name, self._host.now(), **arguments))

    async def stop(self) -> None:
        """Stop at once without unregistering, like a phone that loses power."""
        if self._link:
            self._link.close()
        self._link = None
        self._end_phone()

    # --- the connection -----------------------------------------------------------------------------------

    def _receive(self, data: bytes) -> None:
        try:
            for frame in self._stream.take(data):
                if self._phone is None:
                    return
                message = messages.parse(frame)
                self._send(self._phone.receive(message, self._host.now()))
        except WireError as error:
            self._report("ignored", reason=str(error))
            self._end(f"the server sent something that is not SCCP: {error}")
        self._carry_out([])

    def _lost(self) -> None:
        self._end("the server closed the connection")

    def _end(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._ended.set()

    # --- carrying out -------------------------------------------------------------------------------------

    def _report_lines(self, state: str) -> None:
        for number in self._phone.registration.lines if self._phone else ():
            self._report("line", line=number, state=state)

    def _is_over(self, phone: SccpPhone) -> bool:
        if phone.registration.rejected:
            self._end(f"the server rejected the phone: {phone.registration.rejected}")
        elif phone.reset:
            self._end("restart" if phone.reset == RESTART else "reset")
        elif phone.has_left:
            self._end("the phone signed off")
        elif phone.is_lost:
            self._end("the server no longer answers")
        return self._ended.is_set()

    def _send(self, outgoing: list[object]) -> None:
        for each in outgoing:
            if not isinstance(each, OutgoingDatagram):
                if self._link:
                    self._link.send(build(messages.to_frame(each)))
                continue
            self._follow_media_port()
            if self._media.port:
                try:
                    self._media.port.send(each.data, each.destination)
                except OSError as error:
                    self._report("unsent", destination=each.destination[0], reason=str(error))
