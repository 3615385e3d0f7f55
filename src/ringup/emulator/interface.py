"""The network interface of a software phone: its MAC, and the address of its lease, set with `ip` of
iproute2.

A phone's interface has no address at first. An interface that already has an address is in use by another
program, so it is refused. The addresses of a phone have a label, by which the next run recognises and
replaces the addresses of a phone that was killed.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address
from typing import Any

from ringup.emulator.boot.dhcp import HeldLease
from ringup.errors import BindError
from ringup.wire.mac import parse, with_colons

LABEL = ":p"
LONGEST_NAME = 15
"""Maximum length of an interface name or an address label, in characters (IFNAMSIZ less its NUL)."""
ROUTE_METRIC = "7960"
"""The metric of the phone's default route: high, so that the machine's own default route is preferred."""


async def run_ip(*arguments: str) -> str:
    """Run `ip` and return its output; raises BindError with the error message of `ip`."""
    process = await asyncio.create_subprocess_exec(
        "ip", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, complaint = await process.communicate()
    if process.returncode:
        raise BindError(
            f"ip {' '.join(arguments)}",
            complaint.decode(errors="replace").strip(),
            "Name an existing interface; run as root in a network namespace, or use --keep-address.",
        )
    return output.decode()


@dataclass(frozen=True, slots=True)
class PhoneInterface:
    """One interface, and the addresses that the phone may add to it."""

    name: str
    ip: Callable[..., Awaitable[str]] = run_ip
    """Runs `ip` with the given arguments and returns its output."""

    @property
    def label(self) -> str:
        """Return the label of the phone's addresses."""
        return self.name + LABEL

    async def prepare(self, mac: str) -> None:
        """Check that no other program uses the interface, give it the phone's MAC, and switch it on."""
        if len(self.label) > LONGEST_NAME:
            raise BindError(
                f"using {self.name} as a phone's",
                f"its name has more than {LONGEST_NAME - len(LABEL)} characters.",
                "Rename it, or use --keep-address.",
            )
        link = await self._show()
        foreign = [
            address["local"]
            for address in link.get("addr_info", ())
            if address.get("family") == "inet" and address.get("label") != self.label
        ]
        if foreign:
            raise BindError(
                f"using {self.name} as a phone's",
                f"it has the address {', '.join(foreign)}.",
                "Give the phone a separate interface, or keep the address with --keep-address.",
            )
        if parse(link.get("address", "")) != mac:
            await self.ip("link", "set", "dev", self.name, "address", with_colons(mac))
        await self.ip("link", "set", "dev", self.name, "up")

    async def use(self, lease: HeldLease) -> None:
        """Use a lease's address and its router, and remove the phone's other addresses."""
        prefix = _prefix_length(lease.mask)
        await self.clear(but=lease.address)
        address = f"{lease.address}/{prefix}"
        await self.ip("address", "replace", address, "broadcast", "+", "dev", self.name, "label", self.label)
        if lease.router:
            await self.ip(
                "route", "replace", "default", "via", lease.router, "dev", self.name, "metric", ROUTE_METRIC
            )

    async def clear(self, but: str = "") -> None:
        """Remove the phone's addresses, except `but`."""
        link = await self._show()
        for address in link.get("addr_info", ()):
            is_ours = address.get("family") == "inet" and address.get("label") == self.label
            if is_ours and address["local"] != but:
                text = f"{address['local']}/{address['prefixlen']}"
                await self.ip("address", "delete", text, "dev", self.name)

    async def must_carry(self, address: str) -> None:
        """Raise BindError unless the interface has this address, which static settings do not add."""
        carried = await self._addresses()
        # The loopback interface accepts all of 127.0.0.0/8, although `ip` lists only one address.
        if address in carried or (ip_address(address).is_loopback and any(map(_is_loopback, carried))):
            return
        raise BindError(
            f"using {address} on {self.name}",
            f"the interface has {', '.join(carried) or 'no address'}.",
            f"ip address add {address}/24 dev {self.name}, or leave out --static to ask DHCP.",
        )

    async def own_address(self) -> str:
        """Return the first address of the interface, the phone's or not; empty if it has none."""
        return next(iter(await self._addresses()), "")

    async def _addresses(self) -> list[str]:
        link = await self._show()
        return [each["local"] for each in link.get("addr_info", ()) if each.get("family") == "inet"]

    async def _show(self) -> dict[str, Any]:
        found = json.loads(await self.ip("-json", "address", "show", "dev", self.name) or "[]")
        return dict(found[0]) if found else {}


def _is_loopback(address: str) -> bool:
    return ip_address(address).is_loopback


def _prefix_length(mask: str) -> int:
    try:
        return IPv4Network(f"0.0.0.0/{mask}").prefixlen
    except ValueError:
        return 24
