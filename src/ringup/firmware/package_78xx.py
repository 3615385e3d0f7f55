"""Lists that are not in a signed container: the list of a 78xx, which has a digest per file, and that of
CIPC.

Source: docs/reference/firmware-container.md#other-models. It is a guess [I] that the list of a 78xx names one
file per line, like the lists of older models. A list that names no file is a package by itself.
"""

import re
from collections.abc import Iterator

from ringup.errors import WireError
from ringup.finding import Finding
from ringup.firmware.contents import FindingKind, Package, are_harmless
from ringup.firmware.files import Files, stem
from ringup.firmware.images import finding
from ringup.wire import container_78xx, loads_other

CIPC_MARK, CIPC_MARK_WITHIN = b"<AutoUpdateManifest", 1024

_PROTOCOL = re.compile(r"(sip|sccp)", re.IGNORECASE)
_MODELS = re.compile(r"\d\dxx|[78]\d{3}(?!\d)")
_NO_SIGNER = "ringup cannot verify its signer."


def is_foreign(data: bytes) -> bool:
    """Return whether a `.loads` file is a list without a signed container."""
    return data.startswith(container_78xx.MAGIC) or CIPC_MARK in data[:CIPC_MARK_WITHIN]


def package_of(files: Files, name: str) -> Package:
    """Return the package that belongs to one list without a signed container."""
    if not files.by_name[name].startswith(container_78xx.MAGIC):
        what = "is an update list of Cisco IP Communicator, which is not signed."
        note = finding(FindingKind.UNSIGNED, files.where(name), what, "")
        return Package(stem(name), "", "", ("Cisco IP Communicator",), files.sizes([name]), (note,))
    findings = list[Finding]()
    payload = _payload_of(files, name, findings)
    members = _members_of(payload)
    for member in members:
        true_name = files.true_name(member)
        if true_name is None:
            what = f"lists {member}, which is missing."
            findings.append(
                finding(FindingKind.INCOMPLETE, files.where(name), what, "Add it from the same package.")
            )
        else:
            files.claim(true_name)
            _payload_of(files, true_name, findings)
    if are_harmless(findings):
        what = "is of a 78xx: its lengths and digest are right, but ringup knows no key for it."
        findings.append(finding(FindingKind.UNSIGNED, files.where(name), what, ""))
    load = stem(name)
    protocol = _PROTOCOL.match(load)
    return Package(
        load,
        protocol[1].upper() if protocol else "",
        "",
        tuple(dict.fromkeys(_MODELS.findall(load.partition(".")[0]))) or ("78xx",),
        files.sizes([name, *members]),
        tuple(findings),
    )


def _payload_of(files: Files, name: str, findings: list[Finding]) -> bytes:
    """Check one file and return its payload; empty if the file is damaged."""
    where = files.where(name)
    try:
        found = container_78xx.parse(files.by_name[name])
    except WireError as error:
        findings.append(finding(FindingKind.DAMAGED, where, f"is not a complete 78xx file: {error}."))
        return b""
    findings += _renamed(name, found.name, where)
    return found.payload


def _renamed(name: str, right: str, where: str) -> Iterator[Finding]:
    if name == right:
        return
    fault = FindingKind.CASE if name.lower() == right.lower() else FindingKind.RENAMED
    yield finding(fault, where, f"calls itself {right} inside.", f"Name it {right}.")


def _members_of(payload: bytes) -> tuple[str, ...]:
    try:
        return tuple(member.name for member in loads_other.parse(payload))
    except WireError:
        return ()
