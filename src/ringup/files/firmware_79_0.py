"""Packages of the 7940 and 7960 that have a `.loads` list: loader, application, and the loader unsigned.

Source: the fact sheet's §2.2 and §2.3.
"""

from collections.abc import Iterator

from ringup.errors import WireError
from ringup.files.firmware_contents import Fault, Finding, Package
from ringup.files.firmware_files import Files, bad_list, ends_open, stem
from ringup.files.firmware_images import MAGIC, MEASURED_SIZES, Checked, check_program, finding, program_of
from ringup.phone.firmware import loader_of, protocol_of, release_of
from ringup.wire import loads
from ringup.wire.loads import LoadsList

MODELS = ("7940", "7960")


def package_of(files: Files, load: str, name: str, checked: Checked) -> Package:
    """The package of one `.loads` file."""
    findings, found = list(checked.findings), None
    if checked.image is not None:
        payload = checked.image.payload
        try:
            found = loads.parse(payload)
        except WireError as error:
            findings.append(bad_list(files, name, payload, error))
        else:
            findings += ends_open(files, name, payload)
    if found is not None:
        findings += _members(files, load, name, found)
    loader = stem(found.loader) if found else ""
    mine = [name, f"{load}.sb2", f"{load}.bin"]
    # A list that cannot be read is the one fault; its files are not strays because of it.
    mine += [f"{loader or loader_of(load)}{suffix}" for suffix in (".sbn", ".bin")]
    files.claim(*mine)
    return Package(
        load,
        protocol_of(load) or "",
        version_text(load),
        MODELS,
        files.sizes(mine),
        tuple(findings),
        loader,
        found.loader_version if found else "",
    )


def _members(files: Files, load: str, name: str, found: LoadsList) -> Iterator[Finding]:
    yield from _mixed_versions(files, load, name, found)
    for member, version in ((found.loader, found.loader_version), (found.application, None)):
        checked = files.member(member, name)
        yield from checked.findings
        if checked.image is not None:
            true_name = files.true_name(member) or member
            yield from check_program(member, checked.image.payload, files.where(true_name), version)
            if version is not None:
                yield from _unsigned_loader(files, f"{stem(member)}.bin", checked.image.payload)
    if stem(found.application) != stem(found.loader):
        yield from _disguised(files, f"{stem(found.application)}.bin", found.application)


def _mixed_versions(files: Files, load: str, name: str, found: LoadsList) -> Iterator[Finding]:
    where = files.where(name)
    if stem(found.application) != load:
        what = f"lists {found.application}, the program of another load."
        yield finding(Fault.MIXED, where, what, f"Take the .loads file of {stem(found.application)}.")
    if release_of(stem(found.loader)) != release_of(load):
        what = f"lists {found.application} with {found.loader}, the loader of another release."
        yield finding(Fault.MIXED, where, what, "Take all files from the same package.")


def _unsigned_loader(files: Files, name: str, payload: bytes) -> Iterator[Finding]:
    """Rule 3: the `.bin` is the payload of the `.sbn`."""
    true_name = files.true_name(name)
    if true_name is None:
        return  # only firmware from before 5.x asks for it
    data, where = files.by_name[true_name], files.where(true_name)
    if true_name != name:
        yield finding(Fault.RENAMED, where, "has letters in another case.", f"Name it {name}.")
    if data == payload:
        return
    if data.startswith(MAGIC):
        yield is_signed(files, true_name, data)
    elif payload.startswith(data):
        what = f"has {len(data)} bytes; the same loader in {stem(name)}.sbn has {len(payload)}."
        yield finding(Fault.TRUNCATED, where, what)
    elif data.startswith(payload):
        signed_name = f"{stem(name)}.sbn"
        if signed_name not in MEASURED_SIZES:  # else its size is told already
            what = f"holds {len(payload)} bytes; the same loader in {true_name} has {len(data)}."
            yield finding(Fault.TRUNCATED, files.where(signed_name), what)
    else:
        program = program_of(data)
        other = f": it calls itself {program.stem!r}" if program and program.stem != stem(name) else ""
        what = f"is not the loader that {stem(name)}.sbn holds{other}."
        yield finding(Fault.MIXED, where, what, "Take both from the same package.")


def _disguised(files: Files, name: str, application: str) -> Iterator[Finding]:
    """Rule 7: an application that somebody renamed to `.bin`."""
    true_name = files.true_name(name)
    if true_name is None:
        return
    files.claim(true_name)
    data = files.by_name[true_name]
    if data.startswith(MAGIC):
        yield is_signed(files, true_name, data)
    else:
        what = f"is no file of this package: its unsigned file is the loader, not {application}."
        yield finding(Fault.MIXED, files.where(true_name), what, "Remove it.")


def is_signed(files: Files, name: str, data: bytes) -> Finding:
    """About a `.bin` that has a signed header."""
    same = sorted(other for other, content in files.by_name.items() if content == data and other != name)
    what = f"is {same[0]} under another name." if same else "is a signed file; a .bin is unsigned."
    cure = "Remove it: phones that ask for a .bin cannot take it."
    return finding(Fault.RENAMED, files.where(name), what, cure)


def version_text(load: str) -> str:
    """``8.12``, ``8.1(2)``, ``8.1 SR02``; the last two digits only where they are not zero."""
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
