"""Packages of models other than the 7940 and 7960: a signed `.loads` list and the signed files that it names.

Source: P-LOAD-8; docs/reference/firmware-container.md#other-models.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from ringup.errors import WireError
from ringup.finding import Finding
from ringup.firmware.contents import FindingKind, Package, are_harmless
from ringup.firmware.files import Files, bad_list, ends_open
from ringup.firmware.images import CheckedFile, finding
from ringup.firmware.package_set import Claim, authenticity_of, check_signers, models_signed_for
from ringup.wire import archive_79x1, loads_other
from ringup.wire.loads_other import Member
from ringup.wire.other_firmware import recognise

MODELS: Mapping[str, tuple[str, ...]] = {
    "11": ("7906", "7911"),
    "31": ("7931",),
    "41": ("7941", "7961"),
    "42": ("7942", "7962"),
    "45": ("7945", "7965"),
    "70": ("7970", "7971"),
    "75": ("7975",),
}
"""The models for each number in names like ``SIP41.…`` (P-LATER-1, P-LATER-2)."""

_LOAD = re.compile(r"(SIP|SCCP)(\d\d)\.(.+)")
_PROTOCOL = re.compile(r"(SIP|SCCP)", re.IGNORECASE)
_VERSION = re.compile(r"(\d+)-(\d+)-(\d+)(SR\d+)?.*")
_DEFAULT = re.compile(r"[Tt][Ee][Rr][Mm](\d\d)\.default")
_MEMBER = re.compile(r"[a-z]+?(\d\d)(sip|sccp)?\..*")


def package_of(files: Files, load: str, name: str, checked: CheckedFile) -> Package:
    """Return the package that belongs to one `.loads` file."""
    findings, members = list(checked.findings), tuple[Member, ...]()
    kind, default = _LOAD.fullmatch(load), _DEFAULT.fullmatch(load)
    is_79x1 = bool(kind or default)
    if checked.image is not None and not checked.is_damaged:
        payload = checked.image.payload
        try:
            members = loads_other.parse(payload)
        except WireError as error:
            findings.append(bad_list(files, name, payload, error))
        else:
            # The lists of the 69xx have no final line end.
            findings += ends_open(files, name, payload) if is_79x1 and not checked.is_proved else []
    names = tuple(member.name for member in members)
    signed = {files.where(name): checked}
    for member in members:
        findings += _check_member(files, member, name, signed, is_79x1=is_79x1)
    models = MODELS.get(kind[2], ()) if kind else ((f"79{default[1]}",) if default else ())
    findings += _other_hardware(files, kind[2] if kind else "", names, name)
    is_compared = all(
        member.size is not None or _has_lengths(signed.get(files.where(files.true_name(member.name) or "")))
        for member in members
    )
    clean = are_harmless(findings)
    claim = Claim(load, _protocol(load, names), models, files.where(name), clean, is_compared)
    findings += check_signers(signed, claim)
    proof = authenticity_of(signed, files.where(name))
    return Package(
        load,
        claim.protocol,
        _version_text(kind[3]) if kind else "",
        models or models_signed_for(proof) or _models_by_content(signed.values()),
        files.sizes([name, *names]),
        tuple(findings),
        authenticity=proof,
    )


def _check_member(
    files: Files, member: Member, name: str, signed: dict[str, CheckedFile], *, is_79x1: bool
) -> Iterator[Finding]:
    checked = files.member(member.name, name)
    yield from checked.findings
    true_name = files.true_name(member.name)
    if checked.image is None or true_name is None:
        return
    where, payload = files.where(true_name), checked.image.payload
    signed[where] = checked
    if checked.is_damaged:
        return
    if not checked.is_proved:
        yield from _not_an_archive(payload, where) if is_79x1 else unverified(payload, where)
    yield from _differs(member, len(files.by_name[true_name]), payload, where)


def _not_an_archive(payload: bytes, where: str) -> Iterator[Finding]:
    if payload.startswith(archive_79x1.MARK):
        yield from unverified(payload, where)
        return
    fault = FindingKind.TRUNCATED if archive_79x1.MARK.startswith(payload) else FindingKind.DAMAGED
    what = f"does not hold a {archive_79x1.MARK.decode('ascii')}, as a 79x1's files do."
    yield finding(fault, where, what)


def _models_by_content(signed: Iterable[CheckedFile]) -> tuple[str, ...]:
    found = (recognise(each.image.payload) for each in signed if each.image)
    return next((each.kind.models for each in found if each), ())


def unverified(payload: bytes, where: str) -> Iterator[Finding]:
    """Yield a finding if a payload that no known key proves contradicts its own lengths and checksums."""
    found = recognise(payload)
    if found is not None and found.fault:
        fault = FindingKind.TRUNCATED if found.is_short else FindingKind.DAMAGED
        yield finding(fault, where, f"is {found.kind.what}, but {found.fault}.")


def _has_lengths(checked: CheckedFile | None) -> bool:
    return checked is None or checked.image is None or has_lengths(checked.image.payload)


def has_lengths(payload: bytes) -> bool:
    """Return whether a payload contains its own lengths or checksums."""
    found = recognise(payload)
    return found is not None and found.fault is not None


def _differs(member: Member, size: int, payload: bytes, where: str) -> Iterator[Finding]:
    """Compare a file with the size and the digits that the list of a 7921 states for it."""
    if member.size is None:
        return
    if size != member.size:
        fault = FindingKind.TRUNCATED if size < member.size else FindingKind.DAMAGED
        yield finding(fault, where, f"has {size} bytes; its list says {member.size}.")
    elif not payload.upper().startswith(member.digits.upper().encode("ascii")):
        what = "begins with other digits than its list says."
        yield finding(FindingKind.MIXED, where, what, "Take all files from the same package.")


def _other_hardware(files: Files, number: str, members: tuple[str, ...], name: str) -> Iterator[Finding]:
    """Report files in the package that are for another model.

    [I] Only the model number is compared, because it is unknown how the versions of the parts must match.
    """
    for member in members:
        match = _MEMBER.fullmatch(member.lower())
        if number and match and match[1] != number:
            what = f"lists {member}, a file of other models."
            yield finding(FindingKind.MIXED, files.where(name), what, "Take the list of one package.")


def _version_text(text: str) -> str:
    match = _VERSION.fullmatch(text)
    return f"{match[1]}.{match[2]}({match[3]}){match[4] or ''}" if match else text


def _protocol(load: str, members: tuple[str, ...]) -> str:
    """Return the protocol that is part of names like ``SIP41.…``, ``SCCP69xx.…`` or ``jar41sip.…``."""
    own = _PROTOCOL.match(load)
    if own:
        return own[1].upper()
    found = {match[2] for name in members if (match := _MEMBER.fullmatch(name.lower())) and match[2]}
    return found.pop().upper() if len(found) == 1 else ""
