"""Check that records agree with each other: unique MACs and extensions, existing groups, settings, addresses.

The checks read the rows and not the checked records. So a mistake in one field does not hide another mistake.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from ringup.errors import Problem
from ringup.phone.clock import clock_settings
from ringup.phone.firmware import check_load, protocol_of
from ringup.phone.forced_keys import MARK, bare, check_forced, is_forced, merged
from ringup.phone.models import MODELS
from ringup.phone.parameters import PARAMETERS, check, check_together
from ringup.site.model import LONGEST_DISPLAY_NAME, Phone
from ringup.site.near_zones import nearest
from ringup.site.record_faults import FaultyRecord, fault_of_keys
from ringup.site.rows import Path, Plain
from ringup.site.shown_texts import unshown_texts
from ringup.site.zones import posix_rule
from ringup.wire.mac import parse as parse_mac

Where = Callable[[Path], str]


def cross_check(data: Plain, where: Where) -> Iterator[Problem]:
    """Return every problem between the records of these rows; each part must already have the right form."""
    yield from _unique(_macs(data), where, "MAC {} belongs to {} already.", "Remove one of the two.")
    yield from _unique(_extensions(data), where, "extension {} is taken by {}.", "Give one of them another.")
    yield from _unique(_group_names(data), where, "group {} is at {} already.", "Remove or rename one.")
    yield from _unique(_reservations(data), where, "address {} is reserved by {}.", "Choose another.")
    yield from _unique(_sources(data), where, "directory {} is at {} already.", "Remove or rename one.")
    yield from _groups_exist(data, where)
    yield from _token_groups_exist(data, where)
    yield from _messages_free(data, where)
    yield from _guests_can_dial(data, where)
    yield from _kea_has_a_server(data, where)
    yield from _names_fit(data, where)
    yield from unshown_texts(data, where)
    yield from _keys_suffice(data, where)
    yield from _loads(data, where)
    yield from _protocols(data, where)
    yield from _time_zone(data, where)
    yield from _settings(data, where)
    yield from _networks(data, where)


def _unique(found: Iterator[tuple[str, Path]], where: Where, what: str, cure: str) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for key, path in found:
        if key in first:
            yield Problem(where(path), what.format(key, where(first[key])), cure)
        else:
            first[key] = path


def _macs(data: Plain) -> Iterator[tuple[str, Path]]:
    for index, phone in enumerate(data["phones"]):
        try:
            yield parse_mac(str(phone.get("mac", ""))), ("phones", index, "mac")
        except ValueError:
            continue


def _extensions(data: Plain) -> Iterator[tuple[str, Path]]:
    for index, phone in enumerate(data["phones"]):
        for key, line in enumerate(phone["lines"]):
            if "extension" in line:
                yield str(line["extension"]), ("phones", index, "lines", key, "extension")


def _group_names(data: Plain) -> Iterator[tuple[str, Path]]:
    for index, group in enumerate(data["groups"]):
        if "name" in group:
            yield str(group["name"]), ("groups", index, "name")


def _sources(data: Plain) -> Iterator[tuple[str, Path]]:
    for index, source in enumerate(data["directory"]):
        if "name" in source:
            yield str(source["name"]), ("directory", index, "name")


def _reservations(data: Plain) -> Iterator[tuple[str, Path]]:
    for index, phone in enumerate(data["phones"]):
        if (address := _address(phone.get("address"))) is not None:
            yield str(address), ("phones", index, "address")


def _groups_exist(data: Plain, where: Where) -> Iterator[Problem]:
    known = [str(group.get("name", "")) for group in data["groups"]]
    for index, phone in enumerate(data["phones"]):
        name = str(phone.get("group", ""))
        if name and name not in known:
            near = get_close_matches(name, known, n=1)
            cure = f"Did you mean {near[0]}?" if near else f"Add it: ringup group add {name}."
            yield Problem(where(("phones", index, "group")), f"there is no group {name!r}.", cure)


def _token_groups_exist(data: Plain, where: Where) -> Iterator[Problem]:
    known = ["all", *(str(group.get("name", "")) for group in data["groups"])]
    for name in str(data["site"].get("page_tokens", "")).split():
        if name not in known:
            what = f"page_tokens names {name!r}, which is not a group."
            yield Problem(where(("site", "page_tokens")), what, f"The groups are: {', '.join(known)}.")


def _messages_free(data: Plain, where: Where) -> Iterator[Problem]:
    messages = str(data["pbx"].get("messages", "500"))
    for extension, path in _extensions(data):
        if extension == messages:
            what = f"extension {extension} is what the Messages button dials."
            yield Problem(where(path), what, "Give the line another number, or change pbx.messages.")


def _guests_can_dial(data: Plain, where: Where) -> Iterator[Problem]:
    """Check that guests have accounts in Asterisk: they speak SIP, and ringup writes Asterisk's files."""
    if str(data["site"].get("guests", "")).casefold() not in _YES:
        return
    if data["site"].get("protocol") == "sccp":
        cure = "Set protocol=sip, or leave guests off."
        yield Problem(where(("site", "guests")), "guests is on, and the site's protocol is sccp.", cure)
    if not data["pbx"].get("etc"):
        what = "guests is on, and ringup does not write Asterisk's files."
        yield Problem(where(("site", "guests")), what, "Run this once, as root: ringup pbx install")


def _kea_has_a_server(data: Plain, where: Where) -> Iterator[Problem]:
    if data["site"].get("kea") and not data["site"].get("server_address"):
        cure = "Set the address of ringup's machine: ringup site set server_address=192.168.1.10"
        yield Problem(where(("site", "kea")), "kea is set without server_address.", cure)


_YES = frozenset({"true", "on", "yes", "y", "t", "1"})
"""The spellings of a switch that is on."""


def _names_fit(data: Plain, where: Where) -> Iterator[Problem]:
    """Check names that are also used as display names, for which the phone has a smaller buffer."""
    most = LONGEST_DISPLAY_NAME
    for index, phone in enumerate(data["phones"]):
        for key, line in enumerate(phone["lines"]):
            name = str(line.get("name", ""))
            if len(name) > most and not line.get("display_name"):
                what = f"line {key + 1}'s name has {len(name)} characters; the phone takes {most}."
                path: Path = ("phones", index, "lines", key, "name")
                yield Problem(where(path), what, "Shorten it, or give a shorter display_name beside it.")


def _keys_suffice(data: Plain, where: Where) -> Iterator[Problem]:
    """Check the number of lines, with the same result as Phone's own check.

    pydantic skips that check while another field of the phone is wrong.
    """
    for index, phone in enumerate(data["phones"]):
        model = str(phone.get("model", Phone.model_fields["model"].default))
        dials = phone.get("speed_dials", [])
        count = len(dials) if isinstance(dials, list) else 0
        if model in MODELS and (fault := fault_of_keys(model, len(phone["lines"]), count)):
            yield Problem(where(("phones", index)), fault.what, fault.cure)


def _loads(data: Plain, where: Where) -> Iterator[Problem]:
    holders: list[tuple[Plain, Path]] = [(data["site"], ("site",)), *_holders(data)]
    for record, path in holders:
        load = str(record.get("load", ""))
        if load and (fault := check_load(load)):
            yield Problem(where((*path, "load")), fault.what, fault.cure)
    for name, example in (("load", "P0S3-8-12-00"), ("sccp_load", "P00308010200")):
        if data["site"].get(name, "-") == "":
            yield Problem(where(("site", name)), f"{name} is empty.", f"Write a name like {example}.")
    load = str(data["site"].get("sccp_load", ""))
    if load and protocol_of(load) != "SCCP":
        what = f"{load} does not speak SCCP."
        yield Problem(where(("site", "sccp_load")), what, "Write a name like P00308010200.")


def _protocols(data: Plain, where: Where) -> Iterator[Problem]:
    """Check that a phone's own load and its buttons fit the phone's protocol."""
    groups = {str(group.get("name", "")): str(group.get("protocol", "")) for group in data["groups"]}
    for index, phone in enumerate(data["phones"]):
        of_group = groups.get(str(phone.get("group", "")), "")
        spoken = str(phone.get("protocol", "")) or of_group or str(data["site"].get("protocol", "sip"))
        load = str(phone.get("load", ""))
        if spoken == "sccp" and protocol_of(load) == "SIP":
            what = f"{load} speaks SIP, and the phone's protocol is sccp."
            cure = "Leave load empty, name an SCCP load, or set protocol: sip."
            yield Problem(where(("phones", index, "load")), what, cure)
        if spoken != "sccp" and phone.get("speed_dials"):
            what = "a phone that speaks SIP has no speed dials."
            yield Problem(
                where(("phones", index, "speed_dials")), what, "Remove them, or set protocol: sccp."
            )


def _holders(data: Plain) -> Iterator[tuple[Plain, Path]]:
    for part in ("groups", "phones"):
        for index, record in enumerate(data[part]):
            yield record, (part, index)


def _time_zone(data: Plain, where: Where) -> Iterator[Problem]:
    zone = str(data["site"].get("time_zone", "Etc/UTC"))
    place = where(("site", "time_zone"))
    try:
        rule = posix_rule(zone)
    except FaultyRecord as error:
        yield Problem(place, error.what, error.cure)
        return
    try:
        clock_settings(rule)
    except ValueError as error:
        what = f"the phone's clock cannot follow {zone}: {error}."
        choices = " or ".join(map(str, nearest(zone)))
        yield Problem(place, what, f"Choose the nearest that it can: {choices}." if choices else "")


def _settings(data: Plain, where: Where) -> Iterator[Problem]:
    site = _texts(data["site"])
    groups = {str(group.get("name", "")): _texts(group) for group in data["groups"]}
    yield from _settings_of(site, {}, ("site",), where)
    for index, group in enumerate(data["groups"]):
        yield from _settings_of(_texts(group), site, ("groups", index), where)
    for index, phone in enumerate(data["phones"]):
        inherited = {**site, **groups.get(str(phone.get("group", "")), {})}
        yield from _settings_of(_texts(phone), inherited, ("phones", index), where)


def _texts(record: Plain) -> dict[str, str]:
    return {name: value for name, value in record.get("settings", {}).items() if isinstance(value, str)}


def _settings_of(
    own: Mapping[str, str], inherited: Mapping[str, str], path: Path, where: Where
) -> Iterator[Problem]:
    for name, value in own.items():
        place = where((*path, "settings", name))
        row = PARAMETERS.get(name)
        if is_forced(name):
            if fault := check_forced(name, value):
                yield Problem(place, fault.what, fault.cure)
            elif bare(name) in own:
                yield Problem(place, f"{bare(name)} is set twice, with {MARK} and without.", "Remove one.")
        elif row is not None and row.record:
            yield Problem(place, f"{name} is written from {row.record}.", _how_to_set(row.record))
        elif fault := check(name, value):
            cure = fault.cure if row else f"{fault.cure} To send it anyway: {MARK}{name}."
            yield Problem(place, fault.what, cure)
    if own:
        already = check_together(inherited)
        for fault in check_together(merged((inherited, own))):
            if fault not in already:
                yield Problem(where((*path, "settings")), fault.what, fault.cure)


_COMMANDS = {
    "pbx.address": "ringup site set pbx.address=192.168.1.10",
    "pbx.port": "ringup site set pbx.port=5060",
    "pbx.messages": "ringup site set pbx.messages=500",
    "site.ntp_server": "ringup site set ntp_server=192.168.1.10",
    "site.time_zone": "ringup site set time_zone=Europe/Berlin",
    "site.sync": "ringup site set sync=2",
    "load": "ringup site set load=P0S3-8-12-00",
    "label": 'ringup phone set MAC --label "Sales 1"',
    "password": "ringup phone set MAC --password NEW",
    "dial_rules": "ringup export > site.yaml, then dial_rules in it, then ringup apply site.yaml",
}
"""For each record that ringup writes as parameters, the command that changes the record."""


def _how_to_set(record: str) -> str:
    line = re.fullmatch(r"line (\d)'s (\w+)", record)
    if line:
        command = f"ringup phone set MAC --line {line[1]} --{line[2].replace('_', '-')} NEW"
    else:
        command = _COMMANDS[record]
    return f"Change that instead. For example: {command}"


def _networks(data: Plain, where: Where) -> Iterator[Problem]:
    networks: list[tuple[IPv4Network, Path]] = []
    for index, subnet in enumerate(data["network"]):
        network, path = _network(subnet.get("network")), ("network", index)
        if network is None:
            continue
        for other, place in networks:
            if network.overlaps(other):
                what = f"network {network} overlaps {other} ({where(place)})."
                yield Problem(where((*path, "network")), what, "Make one of them smaller.")
        networks.append((network, path))
        router = _address(subnet.get("router"))
        if router is not None and router not in network:
            what = f"router {router} is not in {network}."
            yield Problem(where((*path, "router")), what, "Set it to an address inside that network.")
    yield from _reservations_fit(data, [network for network, _ in networks], where)


def _reservations_fit(data: Plain, networks: list[IPv4Network], where: Where) -> Iterator[Problem]:
    """Check the reserved addresses.

    Without networks they are not checked, because another DHCP server then assigns the addresses.
    """
    taken = {_address(subnet.get("router")): "the router" for subnet in data["network"]}
    taken[_address(data["site"].get("server_address"))] = "this server"
    for index, phone in enumerate(data["phones"]):
        address = _address(phone.get("address"))
        place = where(("phones", index, "address"))
        if address is None:
            continue
        if networks and not any(address in network for network in networks):
            yield Problem(place, f"address {address} is in none of the networks.", "Reserve one of theirs.")
        if address in taken:
            yield Problem(place, f"address {address} is that of {taken[address]}.", "Choose another.")


def _address(value: object) -> IPv4Address | None:
    try:
        return IPv4Address(value) if isinstance(value, str) else None
    except AddressValueError:
        return None


def _network(value: object) -> IPv4Network | None:
    try:
        return IPv4Network(value) if isinstance(value, str) else None
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
