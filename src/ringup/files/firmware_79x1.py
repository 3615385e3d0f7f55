"""Packages of the 7906 to 7975: a `.loads` list of archives.

Source: P-LOAD-8; docs/reference/firmware-container.md.
"""

import re
from collections.abc import Iterator, Mapping

from ringup.errors import WireError
from ringup.files.firmware_contents import Fault, Finding, Package, are_harmless
from ringup.files.firmware_files import Files, bad_list, ends_open
from ringup.files.firmware_images import ARCHIVE_MARK, Checked, finding
from ringup.files.firmware_set import Claim, authenticity_of, check_signers
from ringup.wire import archive_79x1, loads_79x1

MODELS: Mapping[str, tuple[str, ...]] = {
    "11": ("7906", "7911"),
    "31": ("7931",),
    "41": ("7941", "7961"),
    "42": ("7942", "7962"),
    "45": ("7945", "7965"),
    "70": ("7970", "7971"),
    "75": ("7975",),
}
"""By the number in ``SIP41.…`` (P-LATER-1, P-LATER-2)."""

_LOAD = re.compile(r"(SIP|SCCP)(\d\d)\.(.+)")
_VERSION = re.compile(r"(\d+)-(\d+)-(\d+)(SR\d+)?.*")
_DEFAULT = re.compile(r"[Tt][Ee][Rr][Mm](\d\d)\.default")
_MEMBER = re.compile(r"[a-z]+?(\d\d)(sip|sccp)?\..*")


def package_of(files: Files, load: str, name: str, checked: Checked) -> Package:
    """The package of one `.loads` file."""
    findings, members = list(checked.findings), tuple[str, ...]()
    if checked.image is not None and not checked.is_damaged:
        payload = checked.image.payload
        try:
            members = loads_79x1.parse(payload)
        except WireError as error:
            findings.append(bad_list(files, name, payload, error))
        else:
            findings += [] if checked.is_proved else ends_open(files, name, payload)
    signed = {files.where(name): checked}
    for member in members:
        findings += _check_member(files, member, name, signed)
    kind = _LOAD.fullmatch(load)
    default = _DEFAULT.fullmatch(load)
    number = kind[2] if kind else default[1] if default else ""
    protocol = kind[1] if kind else _protocol_of_members(members)
    models = MODELS.get(number, ()) if kind else ((f"79{number}",) if number else ())
    findings += _other_hardware(files, kind[2] if kind else "", members, name)
    clean = are_harmless(findings)
    findings += check_signers(signed, Claim(load, protocol, models, files.where(name), clean))
    return Package(
        load,
        protocol,
        _version_text(kind[3]) if kind else "",
        models,
        files.sizes([name, *members]),
        tuple(findings),
        authenticity=authenticity_of(signed, files.where(name)),
    )


def _check_member(files: Files, member: str, name: str, signed: dict[str, Checked]) -> Iterator[Finding]:
    checked = files.member(member, name)
    yield from checked.findings
    if checked.image is None:
        return
    where = files.where(files.true_name(member) or member)
    signed[where] = checked
    if not checked.is_proved and not checked.is_damaged:
        yield from _unproved_archive(checked.image.payload, where)


def _unproved_archive(payload: bytes, where: str) -> Iterator[Finding]:
    """A file that no known key proves must fit the archive's own lengths."""
    if not payload.startswith(ARCHIVE_MARK):
        short = ARCHIVE_MARK.startswith(payload)
        fault = Fault.TRUNCATED if short else Fault.DAMAGED
        what = f"does not hold a {ARCHIVE_MARK.decode('ascii')}, as a 79x1's files do."
        yield finding(fault, where, what)
        return
    length = archive_79x1.length_of(payload)
    if length is not None and len(payload) < length:
        yield finding(Fault.TRUNCATED, where, f"holds {len(payload)} of its archive's {length} bytes.")


def _other_hardware(files: Files, number: str, members: tuple[str, ...], name: str) -> Iterator[Finding]:
    """[I] Only the number of the model is compared: how the parts' versions go together is unknown."""
    for member in members:
        match = _MEMBER.fullmatch(member.lower())
        if number and match and match[1] != number:
            what = f"lists {member}, a file of other models."
            yield finding(Fault.MIXED, files.where(name), what, "Take the list of one package.")


def _version_text(text: str) -> str:
    match = _VERSION.fullmatch(text)
    return f"{match[1]}.{match[2]}({match[3]}){match[4] or ''}" if match else text


def _protocol_of_members(members: tuple[str, ...]) -> str:
    """From ``jar41sip.…`` and its like."""
    found = {match[2] for name in members if (match := _MEMBER.fullmatch(name.lower())) and match[2]}
    return found.pop().upper() if len(found) == 1 else ""
