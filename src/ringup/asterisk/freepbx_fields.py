"""Find FreePBX settings that do not work with these phones, and name the field of FreePBX's pages that cures
each.

The names of the fields and tabs are those of FreePBX's module core 16.0.68 (drivers PJSip and Sip).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ringup.asterisk.freepbx import FreePbx, FreePbxExtension
from ringup.finding import ERROR, Finding, Location
from ringup.site.model import Driver, Line, Pbx, Site
from ringup.site.secret_faults import fault_of_secret

_THEN = "Then Apply Config"
ADOPT = "ringup pbx adopt"
_Fault = tuple[str, str, str, str]
"""A fault as code, fact, cure and command; in the cure, ``{number}`` stands for the extension."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault, which one extension or several have."""

    code: str
    numbers: tuple[str, ...]
    what: str
    cure: str
    """What to do, in a sentence; if it ends with a colon, `command` follows."""
    command: str = ""


def field(number: str, tab: str, name: str, value: str) -> str:
    """Return the instruction to set one field of an extension in FreePBX."""
    return f"Set in FreePBX: Extensions > {number} > {tab} > {name}: {value}. {_THEN}."


@dataclass(frozen=True, slots=True)
class _OptionRow:
    code: str
    is_faulty: Callable[[Mapping[str, str]], bool]
    what: str
    name: str
    value: str


def _is_on(options: Mapping[str, str], name: str, default: str) -> bool:
    return options.get(name, default).lower() in ("yes", "true", "on", "1")


_RPORT = "is on: answers go to the port the phone sends from, so it never registers."
_OPTIONS: Mapping[Driver, tuple[_OptionRow, ...]] = {
    "pjsip": (
        _OptionRow(
            "forced-rport", lambda options: _is_on(options, "force_rport", "yes"),
            f"Force rport {_RPORT}", "Force rport", "No",
        ),
        _OptionRow(
            "rewritten-contact", lambda options: _is_on(options, "rewrite_contact", "no"),
            "Rewrite Contact is on: calls go to the port the phone sends from.", "Rewrite Contact", "No",
        ),
    ),
    "chan_sip": (
        _OptionRow(
            "forced-rport",
            lambda options: "force_rport" in (nat := options.get("nat", "")) or nat in ("yes", "route"),
            f"NAT Mode {_RPORT}", "NAT Mode", "No - (no)",
        ),
    ),
}  # fmt: skip

_ADVANCED: Mapping[Driver, str] = {
    "pjsip": "Force rport and Rewrite Contact: No",
    "chan_sip": "NAT Mode: No - (no)",
}
_LOADED: Mapping[str, str] = {
    "no-module": "Choose the other driver: ringup site set pbx.driver=DRIVER",
    "no-include": f"Add the extensions in FreePBX. {_THEN}, and: {ADOPT}",
    "no-account": f"Add it in FreePBX under Extensions. {_THEN}, and: {ADOPT}",
    "no-secret": field("EXTENSION", "General", "Secret", "at most 31 letters and digits"),
    "secret": f"Take FreePBX's: {ADOPT}",
    "auth-user": f"Take FreePBX's: {ADOPT}",
}
"""The cure in FreePBX for each finding about the accounts that Asterisk has loaded."""


def with_fields(found: Iterable[Finding], driver: Driver, also: Collection[str]) -> list[Finding]:
    """Return the findings that matter if FreePBX manages the extensions; each cure names a field of FreePBX.

    Findings about the context, the mailboxes, the codecs and the dial plan are left out, because FreePBX
    manages them. Findings whose codes are in `also` stay unchanged.
    """
    rows = {row.code: field("EXTENSION", "Advanced", row.name, row.value) for row in _OPTIONS[driver]}
    cures = {**_LOADED, **rows, "contact-port": f"Set in FreePBX: Extensions > EXTENSION > Advanced > "
             f"{_ADVANCED[driver]}. {_THEN}, and restart the phone."}  # fmt: skip
    return [
        replace(each, cure=cures[each.code].replace("EXTENSION", str(each.where).removeprefix("line ")))
        if each.code in cures
        else each
        for each in found
        if each.code in cures or each.code in also
    ]


def field_faults(site: Site, freepbx: FreePbx) -> list[FieldFault]:
    """Return the faults of all SIP lines; lines with the same fault and cure share one result."""
    together: dict[_Fault, list[str]] = {}
    for _phone, line in site.sip_lines():
        for fault in _of_line(site.pbx, line, freepbx):
            together.setdefault(fault, []).append(line.extension)
    return [_field_fault(fault, tuple(numbers)) for fault, numbers in together.items()]


def _field_fault(fault: _Fault, numbers: tuple[str, ...]) -> FieldFault:
    code, what, cure, command = fault
    return FieldFault(
        code, numbers, what, cure.format(number=numbers[0] if len(numbers) == 1 else "EXTENSION"), command
    )


def findings(site: Site, freepbx: FreePbx) -> list[Finding]:
    """Return one finding per line and fault."""
    return [
        Finding(
            each.code, ERROR, Location(f"line {number}"), each.what, f"{each.cure} {each.command}".rstrip()
        )
        for each in field_faults(site, freepbx)
        for number in each.numbers
    ]


def _of_line(pbx: Pbx, line: Line, freepbx: FreePbx) -> Iterator[_Fault]:
    extension = freepbx.extensions.get(line.extension)
    if extension is None:
        yield (
            "no-account",
            f"FreePBX has no extension with a secret for {pbx.driver}.",
            f"Add it in FreePBX under Extensions, as {pbx.driver}. {_THEN}, and:",
            ADOPT,
        )
        return
    yield from _secret(line, extension)
    for row in _OPTIONS[pbx.driver]:
        if row.is_faulty(extension.options):
            yield row.code, row.what, field("{number}", "Advanced", row.name, row.value), ""
    yield from _transport(pbx, extension, freepbx)


def _secret(line: Line, extension: FreePbxExtension) -> Iterator[_Fault]:
    if fault := fault_of_secret(extension.account.secret):
        what = fault.of("FreePBX's secret").what
        cure = field("{number}", "General", "Secret", "at most 31 letters and digits")
        yield "secret", what, f"{cure} Then:", ADOPT
    elif (extension.account.secret, extension.account.auth_name) != (line.secret, line.auth_name):
        yield "secret", "FreePBX's secret or user name differs from the site's.", "Take FreePBX's:", ADOPT


def _transport(pbx: Pbx, extension: FreePbxExtension, freepbx: FreePbx) -> Iterator[_Fault]:
    if not freepbx.ports:
        yield (
            "transport",
            "FreePBX has no UDP transport, and these phones use UDP.",
            f"Switch udp on in FreePBX: Settings > Asterisk SIP Settings. {_THEN}, and restart Asterisk.",
            "",
        )
        return
    first = next(iter(freepbx.ports))
    own = extension.options.get("transport", "")
    named = own if pbx.driver == "pjsip" else ""
    if (named and named not in freepbx.ports) or (not named and own and "udp" not in own.split(",")):
        yield (
            "transport",
            f"its transport is {own}, and these phones use UDP.",
            field("{number}", "Advanced", "Transport", first or "UDP Only"),
            "",
        )
        return
    port = freepbx.ports[named or first]
    if port != pbx.port:
        yield (
            "port",
            f"FreePBX listens on UDP port {port}, but phones send to port {pbx.port}.",
            "Set the port for the phones:",
            f"ringup site set pbx.port={port}",
        )
