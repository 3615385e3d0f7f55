"""Put ringup's parts into a configuration of Kea, or take them out; parts of others stay as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from ringup.errors import Problem, SiteErrors
from ringup.kea.own_parts import (
    CLASS,
    OPTION,
    TFTP_NAME,
    TFTP_SERVERS,
    Config,
    Part,
    network_of,
    option_definition,
    own_parts,
    phone_class,
    reservations,
    subnets_of,
    without_own,
)
from ringup.site.model import Site

_OPTION_NAMES = {"tftp-server-name": TFTP_NAME}
"""The names of the two options; that of option 150 depends on its definition."""


@dataclass(frozen=True, slots=True)
class KeaChange:
    """A change of Kea's configuration."""

    before: Config
    after: Config
    lines: tuple[str, ...]
    """One line per part: ``+`` for a new part, ``-`` for a removed one, ``~`` for a changed one."""


def merged(config: Config, site: Site, server: IPv4Address) -> KeaChange:
    """Return the change that makes ringup's parts agree with the site.

    Raises SiteErrors with every reason why phones would not follow these parts.
    """
    after = without_own(config)
    problems: list[Problem] = []
    option = _define_option(after, problems)
    problems += _taken_class(after)
    after.setdefault("client-classes", []).append(phone_class(server, option))
    for reservation in reservations(site):
        problems += _reserve(after, reservation)
    problems += _stronger_options(after, option, str(server))
    if problems:
        raise SiteErrors(problems)
    return _change(config, after)


def removed(config: Config) -> KeaChange:
    """Return the change that removes ringup's parts.

    Raises SiteErrors if other parts name ringup's class: a subnet for this class would serve no client then.
    """
    after = without_own(config)
    if _names_class(after):
        cure = "Remove its name from them first."
        raise SiteErrors([Problem("Kea", f"has other parts that name the class {CLASS}.", cure)])
    return _change(config, after)


def _names_class(value: Any) -> bool:
    """Return whether a text in this part of the configuration is the class's name, or an expression with
    it.
    """
    if isinstance(value, dict):
        return any(map(_names_class, value.values()))
    if isinstance(value, list):
        return any(map(_names_class, value))
    return isinstance(value, str) and (value == CLASS or f"'{CLASS}'" in value)


def _change(before: Config, after: Config) -> KeaChange:
    was = {each.label: each.part for each in own_parts(before)}
    becomes = {each.label: each.part for each in own_parts(after)}
    lines = [f"- {label}" for label in was if label not in becomes]
    lines += [
        f"{'~' if label in was else '+'} {label}"
        for label, part in becomes.items()
        if label not in was or not _includes(was[label], part)
    ]
    return KeaChange(before, after, tuple(lines))


def _includes(kept: Any, part: Any) -> bool:
    """Return whether Kea has this part; Kea adds the defaults of all other fields to it."""
    if isinstance(part, dict):
        return isinstance(kept, dict) and all(_includes(kept.get(name), each) for name, each in part.items())
    if isinstance(part, list):
        same = isinstance(kept, list) and len(kept) == len(part)
        return same and all(map(_includes, kept, part))
    return bool(kept == part)


def _define_option(config: Config, problems: list[Problem]) -> str:
    """Define option 150 if it has no definition; return its name."""
    for part in config.get("option-def", ()):
        if part.get("code") == TFTP_SERVERS and part.get("space", "dhcp4") == "dhcp4":
            if part.get("type") != "ipv4-address" or not part.get("array"):
                what = f"defines option 150 ({part.get('name')}) as {part.get('type')}."
                problems.append(Problem("Kea", what, "Define it as an array of ipv4-address."))
            return str(part.get("name"))
    config.setdefault("option-def", []).append(option_definition())
    return OPTION


def _taken_class(config: Config) -> Iterator[Problem]:
    if any(part.get("name") == CLASS for part in config.get("client-classes", ())):
        yield Problem("Kea", f"has a class {CLASS} that ringup did not make.", "Rename it.")


def _reserve(config: Config, reservation: Part) -> Iterator[Problem]:
    """Add a reservation to its subnet, unless the same one exists."""
    mac, address = reservation["hw-address"], reservation["ip-address"]
    subnet = next((each for each in subnets_of(config) if IPv4Address(address) in network_of(each)), None)
    where = f"phone {mac.replace(':', '').upper()}"
    if subnet is None:
        cure = "Add one to Kea's configuration, or change the phone's address."
        yield Problem(where, f"has the address {address}, and Kea has no subnet for it.", cure)
        return
    if fault := _unread(config, subnet, IPv4Address(address)):
        yield Problem(
            where, f"has the address {address}, and Kea ignores its reservation: {fault}.", "Change it."
        )
        return
    others = [*subnet.get("reservations", ()), *config.get("reservations", ())]
    for other in others:
        is_phone, is_address = _mac_of(other) == mac, other.get("ip-address") == address
        if is_phone and is_address:
            return
        if is_phone or is_address:
            what = f"conflicts with Kea's reservation of {other.get('ip-address')} for {_mac_of(other)}."
            yield Problem(where, what, "Remove that reservation, or change the phone's address.")
            return
    subnet.setdefault("reservations", []).append(reservation)


def _unread(config: Config, subnet: Part, address: IPv4Address) -> str:
    """Return the setting because of which Kea does not read a reservation in this subnet; empty if there is
    none.
    """
    networks = [each for each in config.get("shared-networks", ()) if subnet in each.get("subnet4", ())]
    levels = (subnet, *networks, config)

    def setting(name: str, default: bool) -> bool:
        return bool(next((each[name] for each in levels if name in each), default))

    if not setting("reservations-in-subnet", True):
        return "reservations-in-subnet is false"
    in_pool = any(_is_in(pool.get("pool", ""), address) for pool in subnet.get("pools", ()))
    if in_pool and setting("reservations-out-of-pool", False):
        return "reservations-out-of-pool is true, and a pool has this address"
    return ""


def _is_in(pool: str, address: IPv4Address) -> bool:
    """Return whether a pool has an address; a pool is ``10.0.0.1 - 10.0.0.9`` or a network."""
    first, dash, last = pool.partition("-")
    if dash:
        return IPv4Address(first.strip()) <= address <= IPv4Address(last.strip())
    return "/" in pool and address in IPv4Network(pool.strip(), strict=False)


def _mac_of(reservation: Part) -> str:
    return str(reservation.get("hw-address", "")).lower()


def _stronger_options(config: Config, option: str, server: str) -> Iterator[Problem]:
    """Yield the options 66 and 150 that win over those of a class: of pools, subnets and shared networks."""
    for where, holder in _stronger(config):
        for each in holder.get("option-data", ()):
            code = each.get("code") or {**_OPTION_NAMES, option: TFTP_SERVERS}.get(each.get("name", ""))
            if code in (TFTP_NAME, TFTP_SERVERS) and each.get("data") != server:
                what = f"{where} sends option {code} with {each.get('data')}, which wins over ringup's class."
                yield Problem("Kea", what, "Remove this option there.")


def _stronger(config: Config) -> Iterator[tuple[str, Part]]:
    for network in config.get("shared-networks", ()):
        yield f"shared network {network.get('name')}", network
    for subnet in subnets_of(config):
        yield f"subnet {subnet['subnet']}", subnet
        for pool in subnet.get("pools", ()):
            yield f"pool {pool.get('pool')}", pool
