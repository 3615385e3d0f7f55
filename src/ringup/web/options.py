"""The options of the web process on the command line."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

PORT = 8060
"""The default TCP port of the web page."""


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The options of one web process."""

    database: str
    firmware: Path
    files: Path | None = None
    """The operator's own files: ring tones, logos."""
    address: str = "127.0.0.1"
    port: int = PORT
    """The TCP port; 0: the kernel chooses one."""
    certificate: Path | None = None
    """The TLS certificate in PEM form; None: HTTP without TLS, on the loopback address or behind a proxy."""
    certificate_key: Path | None = None
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """The reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` headers are believed."""
