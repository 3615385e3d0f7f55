"""C3xx: rules about the settings that one phone gets from its own file and the default file together."""

from collections.abc import Iterable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from ringup.finding import ERROR, NOTE, WARNING
from ringup.lint.bundle import Bundle, PhoneSettings, SourceFile
from ringup.lint.cnf_rules import LINE_NAME
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import ContentKind
from ringup.phone.models import MODELS
from ringup.phone.page_urls import URL_SETTINGS, phone_url
from ringup.phone.parameters import PARAMETERS, FaultCode, check_together

LINES = range(1, 7)
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""The private IPv4 networks (RFC 1918)."""
DEFAULT_PASSWORD = "cisco"  # noqa: S105 - the documented default that a rule warns of
CALL_MANAGER = "USECALLMANAGER"
LOCKING = ("callerid_blocking", "anonymous_call_block", "dnd_control", "call_hold_ringback", "call_waiting")
"""Parameters that the values 2 and 3 lock on the phone; these values should be set in the phone's own file
(AG75).
"""


def phones(bundle: Bundle) -> Iterable[PhoneSettings]:
    """Return every phone of the bundle with its settings."""
    return bundle.phones


def complete_phones(bundle: Bundle) -> Iterator[PhoneSettings]:
    """Yield the phones whose two settings files are in the bundle and have no placeholders.

    For other phones it is not known which parameters are unset.
    """
    for phone in bundle.phones:
        is_all = phone.default is not None or bundle.is_complete
        if is_all and not phone.is_template:
            yield phone


def _registering(bundle: Bundle) -> Iterator[PhoneSettings]:
    return (phone for phone in complete_phones(bundle) if phone.own.kind is ContentKind.PHONE)


def _real_phones(bundle: Bundle) -> Iterator[PhoneSettings]:
    """Yield the phones that have their own file."""
    return (phone for phone in bundle.phones if phone.own.kind is ContentKind.PHONE)


def _at(phone: PhoneSettings, name: str, message: str, cure: str) -> Occurrence:
    file, line = phone.place(name)
    return seen(file, line, message, cure)


def _value(phone: PhoneSettings, name: str) -> str:
    """Return the value of a parameter that takes effect; the phone's default if no file sets it."""
    value = phone.values.get(name)
    return PARAMETERS[name].default or "" if value is None else value


def used_lines(phone: PhoneSettings) -> list[int]:
    """Return the numbers of the lines that have a name."""
    return [n for n in LINES if phone.values.get(f"line{n}_name")]


def _timers(phone: PhoneSettings) -> Iterator[Occurrence]:
    yield from _together(phone, FaultCode.TIMERS_IN_WRONG_ORDER, "timer_t2")


def _media_ports(phone: PhoneSettings) -> Iterator[Occurrence]:
    yield from _together(phone, FaultCode.PORTS_IN_WRONG_ORDER, "end_media_port")


def _together(phone: PhoneSettings, code: FaultCode, name: str) -> Iterator[Occurrence]:
    for fault in check_together(phone.values):
        if fault.code is code:
            yield _at(phone, name, fault.what, fault.cure)


_PORTS = {
    **{f"proxy{n}_port": f"proxy{n}_address" for n in LINES},
    **{f"call_manager{n}_sip_port": f"call_manager{n}_addr" for n in LINES},
    "proxy_backup_port": "proxy_backup",
    "proxy_emergency_port": "proxy_emergency",
    "outbound_proxy_port": "outbound_proxy",
    "http_proxy_port": "http_proxy_addr",
}


def _port_without_address(phone: PhoneSettings) -> Iterator[Occurrence]:
    """Find ports that are set although their address is empty.

    The default port is not reported, because sample files write it beside an empty address.
    """
    for port, address in _PORTS.items():
        value = phone.values.get(port, "")
        if value and value != PARAMETERS[port].default and not phone.values.get(address):
            yield _at(phone, port, f"{port} is {value}, but {address} is empty.", f"Set {address}.")


def _proxy(phone: PhoneSettings, line: int) -> str:
    # [R] From memory: a line without a proxy uses proxy1. If that is wrong, a finding is missed, which is
    # better than a false one.
    return phone.values.get(f"proxy{line}_address", "") or phone.values.get("proxy1_address", "")


def _no_proxy(phone: PhoneSettings) -> Iterator[Occurrence]:
    for n in used_lines(phone):
        if not _proxy(phone, n) and not phone.values.get("outbound_proxy"):
            message = f"line{n}_name is set, but proxy{n}_address is in neither file."
            yield _at(phone, f"line{n}_name", message, f"Set proxy{n}_address.")


def _no_line(phone: PhoneSettings) -> Iterator[Occurrence]:
    is_read = phone.own.is_text and not phone.own.is_xml and not phone.is_template
    if not used_lines(phone) and is_read and phone.own.data.strip():
        message = "No line has a name; the phone says 'Phone unprovisioned'."
        yield seen(phone.own, 0, message, "Set line1_name.")


def _no_password(phone: PhoneSettings) -> Iterator[Occurrence]:
    first = phone.values.get("line1_password", "")
    for n in used_lines(phone):
        # Lines 2 to 6 inherit line 1's password.
        if not (phone.values.get(f"line{n}_password") or first):
            message = f"line{n}_name has no password to answer a challenge with."
            yield _at(phone, f"line{n}_name", message, f"Set line{n}_password.")


def _privileged_telnet(phone: PhoneSettings) -> Iterator[Occurrence]:
    if _value(phone, "telnet_level") == "2":
        message = "telnet_level 2 lets anybody with the password do anything to the phone."
        yield _at(phone, "telnet_level", message, "Write 0, or 1 while you need it.")


def _default_password(phone: PhoneSettings) -> Iterator[Occurrence]:
    level = _value(phone, "telnet_level")
    if level.isdigit() and int(level[:3]) > 0 and _value(phone, "phone_password") in ("", DEFAULT_PASSWORD):
        message = f"telnet is on with the password that everybody knows, {DEFAULT_PASSWORD}."
        name = "phone_password" if "phone_password" in phone.values else "telnet_level"
        yield _at(phone, name, message, "Set phone_password, or telnet_level 0.")


def _nat_in_a_lan(phone: PhoneSettings) -> Iterator[Occurrence]:
    if _is_nat_in_a_lan(phone) and _changes_addresses(phone):
        message = "nat_enable is 1, though the proxy is in this network: answers and voice may get lost."
        yield _at(phone, "nat_enable", message, "Write 0, and nat_address empty.")


def _nat_for_the_port(phone: PhoneSettings) -> Iterator[Occurrence]:
    if _is_nat_in_a_lan(phone) and not _changes_addresses(phone):
        message = "nat_enable is 1, though the proxy is in this network: SIP leaves from voip_control_port."
        yield _at(
            phone,
            "nat_enable",
            message,
            "This is right for a PBX that answers to the source port; otherwise write 0.",
        )


def _is_nat_in_a_lan(phone: PhoneSettings) -> bool:
    return _value(phone, "nat_enable") == "1" and _is_private(_proxy(phone, 1))


def _changes_addresses(phone: PhoneSettings) -> bool:
    """Return whether `nat_enable` changes the addresses in the phone's messages.

    Otherwise `nat_enable` only helps with servers that answer to the source port (P-SIP-9).
    """
    return bool(phone.values.get("nat_address")) or _value(phone, "nat_received_processing") == "1"


def _is_private(text: str) -> bool:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    return any(address in network for network in PRIVATE)


def _nat_settings_unused(phone: PhoneSettings) -> Iterator[Occurrence]:
    if _value(phone, "nat_enable") not in ("", "0"):
        return
    for name in ("nat_address", "nat_received_processing"):
        if phone.values.get(name, "") not in ("", "0"):
            yield _at(phone, name, f"{name} has no effect while nat_enable is 0.", "Remove it.")


def _no_time_server(phone: PhoneSettings) -> Iterator[Occurrence]:
    if _value(phone, "sntp_mode").lower() == "unicast" and _value(phone, "sntp_server") in ("", "0.0.0.0"):
        message = "sntp_mode is unicast, but no time server is set: the clock stays wrong."
        yield _at(phone, "sntp_mode", message, "Set sntp_server.")


def _does_not_register(phone: PhoneSettings) -> Iterator[Occurrence]:
    if used_lines(phone) and _value(phone, "proxy_register") in ("", "0"):
        message = "proxy_register is not 1: the phone never registers, and nobody can call it."
        yield _at(phone, "proxy_register", message, "Write proxy_register: 1.")


def _model(phone: PhoneSettings) -> str:
    """Return the phone's model from the bundle's list, else from a comment in its files or from its SEP
    file.
    """
    if phone.model:
        return phone.model
    remarks = " ".join(line.before for line in phone.own.cnf.lines if line.is_comment)
    if phone.sep is not None:
        tags = {element.tag for element in phone.sep.xml.elements if element.text}
        remarks += " ".join(e.attributes.get("model", "") for e in phone.sep.xml.elements)
        remarks += "".join(f" {name}" for name, row in MODELS.items() if _load_tag(row.load_number) in tags)
    named = [name for name in MODELS if name in remarks]
    return named[0] if len(named) == 1 else ""


def _load_tag(number: int) -> str:
    return f"loadInformation{number}"


def _too_many_lines(phone: PhoneSettings) -> Iterator[Occurrence]:
    model = _model(phone)
    for n in used_lines(phone) if model else ():
        if n > MODELS[model].lines:
            message = f"line{n}_name is set, but a {model} has {MODELS[model].lines} line keys."
            yield _at(phone, f"line{n}_name", message, "Remove the line.")
    for name, line in phone.own.values.items():
        if (found := LINE_NAME.fullmatch(name)) and int(found[1]) not in LINES and line.value:
            message = f"{name} is set, but a 7960 has {len(LINES)} line keys and a 7940 two."
            yield seen(phone.own, line.number, message, "Remove the line.")


def _lines_for_all(file: SourceFile) -> Iterator[Occurrence]:
    for name, line in file.values.items():
        if name.startswith("line") and name.endswith("_name") and line.value not in ("", "UNPROVISIONED"):
            message = f"{name} in {file.name} applies to every phone: all register as the same line."
            yield seen(file, line.number, message, "Move it to SIP<MAC>.cnf.")


def _locked_for_all(file: SourceFile) -> Iterator[Occurrence]:
    for name in LOCKING:
        line = file.values.get(name)
        if line is not None and line.value in ("2", "3"):
            message = f"{name} is {line.value}, a lock. Cisco's examples set locks in the phone's own file."
            yield seen(file, line.number, message, "Move it to SIP<MAC>.cnf.")


def _other_tftp_server(phone: PhoneSettings) -> Iterator[Occurrence]:
    if phone.values.get("dyn_tftp_addr", "") not in ("", "0.0.0.0"):
        message = "dyn_tftp_addr replaces DHCP's TFTP server; with a wrong address, the phone gets no files."
        yield _at(phone, "dyn_tftp_addr", message, "Leave it empty.")


def _same_line_twice(phone: PhoneSettings) -> Iterator[Occurrence]:
    first: dict[tuple[str, str], int] = {}
    for n in used_lines(phone):
        account = phone.values[f"line{n}_name"], _proxy(phone, n)
        if account in first:
            message = f"line{n}_name is the same as line{first[account]}_name."
            yield _at(phone, f"line{n}_name", message, "Give each key its own line, or clear one.")
        first.setdefault(account, n)


def _line_on_two_phones(bundle: Bundle) -> Iterator[Occurrence]:
    first: dict[tuple[str, str], PhoneSettings] = {}
    for phone in _real_phones(bundle):
        for n in used_lines(phone):
            account = phone.values[f"line{n}_name"], _proxy(phone, n)
            other = first.setdefault(account, phone)
            if other is not phone and other.own.mac != phone.own.mac and f"line{n}_name" in phone.own.values:
                message = f"line{n}_name is also on {other.own.name}: only the last to register rings."
                yield _at(phone, f"line{n}_name", message, "Give each phone its own line.")


def _call_manager_without_address(phone: PhoneSettings) -> Iterator[Occurrence]:
    has_call_manager = phone.values.get("proxy1_address", "").upper() == CALL_MANAGER
    if has_call_manager and not phone.values.get("call_manager1_addr"):
        message = f"proxy1_address is {CALL_MANAGER}, but call_manager1_addr is empty."
        yield _at(phone, "proxy1_address", message, "Set call_manager1_addr, or the proxy itself.")


def _proxy_is_the_phone(phone: PhoneSettings) -> Iterator[Occurrence]:
    for n in LINES:
        value = phone.values.get(f"proxy{n}_address", "")
        if value.lower() == "localhost" or value.startswith("127.") or value == "0.0.0.0":
            message = f"proxy{n}_address is {value}: the phone would register to itself."
            yield _at(phone, f"proxy{n}_address", message, "Write the PBX's address.")


def _url_by_name(phone: PhoneSettings) -> Iterator[Occurrence]:
    """Find a URL with a host name, which the phone can fetch only if its own DNS server knows the name
    (P-LOGO-1).
    """
    for name in URL_SETTINGS:
        url = phone_url(phone.values.get(name, ""))
        if url.scheme == "http" and url.has_name:
            message = (
                f"{name} names its server {url.host[:40]}, so the phone needs a DNS server that knows it."
            )
            yield _at(phone, name, message, "Write the server's address.")


def _default_files(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.of(ContentKind.DEFAULT)


RULES: tuple[CodedRule, ...] = (
    CodedRule("C301", WARNING, "timer_t2 not above timer_t1", for_each(complete_phones, _timers)),
    CodedRule("C302", WARNING, "first media port above the last", for_each(complete_phones, _media_ports)),
    CodedRule("C303", WARNING, "port without address", for_each(complete_phones, _port_without_address)),
    CodedRule("C304", ERROR, "line without proxy", for_each(_registering, _no_proxy)),
    CodedRule("C305", ERROR, "phone without line", for_each(_real_phones, _no_line)),
    CodedRule("C306", WARNING, "line without password", for_each(_registering, _no_password)),
    CodedRule("C307", WARNING, "telnet_level 2", for_each(phones, _privileged_telnet)),
    CodedRule(
        "C308", WARNING, "telnet with the default password", for_each(complete_phones, _default_password)
    ),
    CodedRule("C309", WARNING, "NAT switched on in a LAN", for_each(phones, _nat_in_a_lan)),
    CodedRule("C310", NOTE, "NAT settings without effect", for_each(phones, _nat_settings_unused)),
    CodedRule("C311", WARNING, "no time server", for_each(complete_phones, _no_time_server)),
    CodedRule("C312", WARNING, "phone does not register", for_each(_registering, _does_not_register)),
    CodedRule("C313", WARNING, "more lines than line buttons", for_each(_real_phones, _too_many_lines)),
    CodedRule("C314", WARNING, "line in SIPDefault.cnf", for_each(_default_files, _lines_for_all)),
    CodedRule("C315", WARNING, "lock in SIPDefault.cnf", for_each(_default_files, _locked_for_all)),
    CodedRule("C316", NOTE, "another TFTP server", for_each(phones, _other_tftp_server)),
    CodedRule("C317", WARNING, "one line on two buttons", for_each(_real_phones, _same_line_twice)),
    CodedRule("C318", WARNING, "one line on two phones", _line_on_two_phones),
    CodedRule(
        "C319", ERROR, "CallManager without address", for_each(complete_phones, _call_manager_without_address)
    ),
    CodedRule("C320", ERROR, "phone as its own proxy", for_each(phones, _proxy_is_the_phone)),
    CodedRule("C321", NOTE, "NAT switched on in a LAN for its port", for_each(phones, _nat_for_the_port)),
    CodedRule("C322", NOTE, "host name in a URL", for_each(phones, _url_by_name)),
)
