"""Wait for a server on the loopback."""

import socket
import time

SECONDS = 20.0


def free_port() -> int:
    """Return a port that no server uses now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Return when a server accepts connections on this port."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"no server on port {port}")
