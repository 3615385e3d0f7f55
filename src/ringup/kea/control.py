"""Kea's control socket: one JSON command per connection, and one JSON reply.

Source: Kea Administrator Reference Manual, "Management API".
"""

import json
import socket
from pathlib import Path
from typing import Any

from ringup.errors import OutsideError, for_root
from ringup.kea.own_parts import Config

SECONDS = 30.0
"""Maximum seconds until Kea replies; a configuration with many subnets takes a few seconds."""
MOST_BYTES = 256 * 1024 * 1024
"""Maximum size of a reply; 10,000 reservations take 5 MB."""


class NoKea(OutsideError):
    """Kea cannot be reached: it does not run, or this user may not use its socket."""


class KeaControl:
    """Sends commands to Kea's DHCPv4 server."""

    def __init__(self, path: str, seconds: float = SECONDS) -> None:
        self._path = path
        self._seconds = seconds

    def config(self) -> Config:
        """Return the running configuration; raises OutsideError."""
        found = self._command("config-get").get("Dhcp4")
        if not isinstance(found, dict):
            raise OutsideError(
                "reading Kea's configuration", "this Kea serves no DHCPv4.", "Name the socket of kea-dhcp4."
            )
        return found

    def test(self, config: Config) -> None:
        """Let Kea check a configuration; raises OutsideError with Kea's objection."""
        self._command("config-test", {"Dhcp4": config})

    def set(self, config: Config) -> None:
        """Make Kea use a configuration; raises OutsideError."""
        self._command("config-set", {"Dhcp4": config})

    def write(self) -> str:
        """Make Kea write its configuration to its file; return the file's name. Raises OutsideError."""
        return str(self._command("config-write").get("filename", ""))

    def _command(self, name: str, arguments: Any = None) -> dict[str, Any]:
        """Send one command, and return the reply's arguments."""
        tried = f"Kea's {name}"
        asked = {"command": name, **({"arguments": arguments} if arguments is not None else {})}
        try:
            reply = json.loads(self._exchange(json.dumps(asked).encode()))
        except OSError as error:
            raise NoKea(f"{tried} on {self._path}", f"{error.strerror or error}.", self._cure()) from error
        except ValueError as error:
            raise OutsideError(tried, "its reply is not JSON.", "Name the socket of kea-dhcp4.") from error
        answer = reply[0] if isinstance(reply, list) and reply else reply
        if not isinstance(answer, dict) or answer.get("result") != 0:
            text = answer.get("text") if isinstance(answer, dict) else ""
            raise OutsideError(tried, f"{text or 'no reason given'}.".replace("..", "."), "")
        found = answer.get("arguments")
        return found if isinstance(found, dict) else {}

    def _exchange(self, data: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as kea:
            kea.settimeout(self._seconds)
            kea.connect(self._path)
            kea.sendall(data)
            parts: list[bytes] = []
            size = 0
            while part := kea.recv(1 << 16):
                parts.append(part)
                size += len(part)
                if size > MOST_BYTES:
                    raise OSError("the reply is too large")
        return b"".join(parts)

    def _cure(self) -> str:
        if not Path(self._path).exists():
            return 'Set "control-socket" in kea-dhcp4.conf, restart Kea, and name its socket: --socket PATH'
        return f"Check that Kea runs, and that you may use its socket: {for_root('ringup kea plan')}"
