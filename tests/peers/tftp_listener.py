"""A relay between one TFTP client and a server that records which options the server accepts."""

import select
import socket
import threading
from types import TracebackType

from tests.peers.tftp_talk import word


class Listener:
    """Forwards the datagrams of one transfer until its block ends; the client sends its request to `port`."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
        for each in self._sockets:
            each.bind(("127.0.0.1", 0))
        self.port = int(self._sockets[0].getsockname()[1])
        self.agreed: set[str] = set()
        """Names of the options in the OACK."""
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._relay)

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.send(b"x")
        self._thread.join()
        for each in (*self._sockets, self._stop, self._stopped):
            each.close()

    def _relay(self) -> None:
        requests, to_client, to_server = self._sockets
        client, server = self._server, self._server
        while True:
            ready, _, _ = select.select([*self._sockets, self._stopped], [], [])
            if self._stopped in ready:
                return
            for each in ready:
                data, source = each.recvfrom(70_000)
                if each is requests:
                    client, server = source, self._server
                    to_server.sendto(data, server)
                elif each is to_client:
                    to_server.sendto(data, server)
                else:
                    server = source
                    if data[:2] == b"\0\6":
                        self.agreed |= {pair.partition("=")[0] for pair in word(data).split()[1:]}
                    to_client.sendto(data, client)
