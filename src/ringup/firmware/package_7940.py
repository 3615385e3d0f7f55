"""Packages of the 7940 and 7960 with a `.loads` list: the loader, the application, and the unsigned loader.

Source: P-LOAD-10 to P-LOAD-16; docs/reference/firmware-container.md.
"""

from collections.abc import Iterator

from ringup.errors import WireError
from ringup.finding import Finding
from ringup.firmware.contents import FindingKind, Package, are_harmless
from ringup.firmware.files import Files, bad_list, ends_open, stem
from ringup.firmware.images import MAGIC, CheckedFile, check_program, finding
from ringup.firmware.package_set import Claim, authenticity_of, check_signers
from ringup.phone.firmware import loader_of, protocol_of, release_of
from ringup.wire import loads
from ringup.wire.loads import LoadsList

MODELS = ("7940", "7960")


def package_of(files: Files, load: str, name: str, checked: CheckedFile) -> Package:
    """Return the package that belongs to one `.loads` file."""
    findings, found = list(checked.findings), None
    if checked.image is not None and not checked.is_damaged:
        payload = checked.image.payload
        try:
            found = loads.parse(payload)
        except WireError as error:
            findings.append(bad_list(files, name, payload, error))
        else:
            findings += [] if checked.is_proved else ends_open(files, name, payload)
    members = {files.where(name): checked}
    if found is not None:
        findings += _members(files, load, name, found, members)
    protocol = protocol_of(load) or ""
    clean = are_harmless(findings)
    findings += check_signers(members, Claim(load, protocol, MODELS, files.where(name), clean))
    loader = stem(found.loader) if found else ""
    mine = [name, f"{load}.sb2"]
    # Only the unreadable list is reported. Its files count as files of this package, so they are not reported
    # as stray.
    mine += [f"{loader or loader_of(load)}{suffix}" for suffix in (".sbn", ".bin")]
    files.claim(*mine)
    return Package(
        load,
        protocol,
        version_text(load),
        MODELS,
        files.sizes(mine),
        tuple(findings),
        loader,
        found.loader_version if found else "",
        authenticity_of(members, files.where(found.application if found else name)),
    )


def _members(
    files: Files, load: str, name: str, found: LoadsList, members: dict[str, CheckedFile]
) -> Iterator[Finding]:
    """Check the files that the list names, and add them to `members`."""
    yield from _mixed_versions(files, load, name, found)
    for member, version in ((found.loader, found.loader_version), (found.application, None)):
        checked = files.member(member, name)
        yield from checked.findings
        if checked.image is not None:
            where = files.where(files.true_name(member) or member)
            members[where] = checked
            yield from check_program(member, checked, where, version)
            if version is not None and not checked.is_damaged:
                yield from _unsigned_loader(files, f"{stem(member)}.bin", checked.image.payload)
    if stem(found.application) != stem(found.loader):
        yield from _disguised(files, f"{stem(found.application)}.bin", found.application)


def _mixed_versions(files: Files, load: str, name: str, found: LoadsList) -> Iterator[Finding]:
    where = files.where(name)
    if stem(found.application) != load:
        what = f"lists {found.application}, the program of another load."
        yield finding(FindingKind.MIXED, where, what, f"Take the .loads file of {stem(found.application)}.")
    if release_of(stem(found.loader)) != release_of(load):
        what = f"lists {found.application} with {found.loader}, the loader of another release."
        yield finding(FindingKind.MIXED, where, what, "Take all files from the same package.")


def _unsigned_loader(files: Files, name: str, payload: bytes) -> Iterator[Finding]:
    """Check the `.bin` of a loader, which must be equal to the payload of the `.sbn`."""
    true_name = files.true_name(name)
    if true_name is None:
        return  # Only phones with firmware from before release 5.x request this file.
    data, where = files.by_name[true_name], files.where(true_name)
    if true_name != name:
        yield finding(FindingKind.CASE, where, "has upper and lower case mixed up.", f"Name it {name}.")
    if data == payload:
        return
    if data.startswith(MAGIC):
        yield is_signed(files, true_name)
    elif payload.startswith(data):
        what = f"has {len(data)} bytes; the same loader in {stem(name)}.sbn has {len(payload)}."
        yield finding(FindingKind.TRUNCATED, where, what)
    else:
        what = f"is not the loader that {stem(name)}.sbn holds."
        yield finding(FindingKind.MIXED, where, what, "Take both from the same package.")


def _disguised(files: Files, name: str, application: str) -> Iterator[Finding]:
    """Report an application that was copied to a `.bin`, because a phone with a loader never requests a
    `.bin`.
    """
    true_name = files.true_name(name)
    if true_name is None:
        return
    files.claim(true_name)
    what = f"is not needed{_same_as(files, true_name)}: a phone with a loader takes {application}."
    yield finding(FindingKind.STRAY, files.where(true_name), what, "Remove it if you like.")


def _same_as(files: Files, name: str) -> str:
    """Return the name of another file with the same contents, or with the same image without its header."""
    data = files.by_name[name]
    for other, content in sorted(files.by_name.items()):
        if other != name and content == data:
            return f" ({other} under another name)"
        if other != name and content.startswith(MAGIC) and data and content.endswith(data):
            return f" ({other} without its signature)"
    return ""


def is_signed(files: Files, name: str) -> Finding:
    """Make the finding about a `.bin` that has a signed header."""
    what = f"is a signed file{_same_as(files, name)}; phones that request a .bin do not accept it."
    return finding(FindingKind.RENAMED, files.where(name), what, "Take the .bin from the package.")


def version_text(load: str) -> str:
    """Return the version for people: ``8.12``, ``8.1(2)``, ``8.1 SR02``; if the last two digits are zero,
    they are omitted.
    """
    release = release_of(load)
    if release is None:
        return ""
    version = f"{release[0]}.{release[1]}"
    if len(load) == 12 and load[4:].isdigit():
        return f"{version}({int(load[8:10])})"
    if load[8:10] == "SR":
        return f"{version} {load[8:]}"
    last = load.rpartition("-")[2] if "-" in load else "00"
    return version if last == "00" else f"{version}-{last}"
