"""Find the firmware packages among files, and check every rule that they may break.

Strategy: pure functions over a mapping of names to bytes. Each `.loads` file makes a package of the files
that it lists. A release from before the loader (P-LOAD-10) is one image without a list. The remaining files
do not belong to a package and are reported.
"""

from collections.abc import Iterator, Mapping

from ringup.errors import WireError
from ringup.finding import Finding
from ringup.firmware import other_image as firmware_other_image
from ringup.firmware import other_models as firmware_other
from ringup.firmware import package_78xx as firmware_78xx
from ringup.firmware import package_7940 as firmware_79_0
from ringup.firmware.contents import Contents, FindingKind, Package, are_harmless
from ringup.firmware.files import Files, stem
from ringup.firmware.folder import FIRMWARE_SUFFIXES
from ringup.firmware.images import MAGIC, finding, measured, read_signed
from ringup.firmware.package_7940 import MODELS, is_signed, version_text
from ringup.firmware.package_set import Claim, check_signers
from ringup.firmware.signature import is_refused_test_file
from ringup.phone.firmware import FIRST_LOADER_RELEASE, protocol_of, release_of, right_name
from ringup.wire import container_78xx, image_7940

SIGNED_SUFFIXES = (".loads", ".sb2", ".sbn", ".sgn")
POINTER = "OS79XX.TXT"


def is_firmware(name: str) -> bool:
    """Return whether a file's name is that of a part of a package."""
    return name.lower().endswith(FIRMWARE_SUFFIXES)


def read_packages(by_name: Mapping[str, bytes], source: str = "") -> Contents:
    """Return every package among these files; findings write `source` before each file's name."""
    files = Files(by_name, source)
    names = sorted(by_name)
    packages = [_listed(files, name) for name in names if name.lower().endswith(".loads")]
    packages += [_single(files, name) for name in names if name not in files.claimed and _is_single(name)]
    packages += list(_other_images(files, names))
    findings = (*_strays(files, has_packages=bool(packages)), *_pointer(files))
    others = tuple(name for name in names if not is_firmware(name) and name.upper() != POINTER)
    return Contents(tuple(sorted(packages, key=lambda package: package.load)), findings, others)


def _listed(files: Files, name: str) -> Package:
    files.claimed.add(name)
    if firmware_78xx.is_foreign(files.by_name[name]):
        return firmware_78xx.package_of(files, name)
    checked = read_signed(name, files.by_name[name], files.where(name))
    # The signed header contains the right name, even if the file was renamed (P-LOAD-6).
    load = stem(checked.image.name if checked.image else name)
    if protocol_of(load.upper()) is not None:
        return firmware_79_0.package_of(files, right_name(load), name, checked)
    return firmware_other.package_of(files, load, name, checked)


def _other_images(files: Files, names: list[str]) -> Iterator[Package]:
    for name in names:
        if name not in files.claimed and firmware_other_image.is_image(name, files.by_name[name]):
            yield firmware_other_image.package_of(files, name)


def _is_single(name: str) -> bool:
    """Return whether a file is a release from before the loader, which is an image without a list."""
    load = stem(name).upper()
    release = release_of(load)
    is_image = name.lower().endswith((".sbn", ".bin")) and protocol_of(load) is not None
    # A file named P003-… with dashes is always a loader, not an application.
    is_old = release is not None and release[0] < FIRST_LOADER_RELEASE and not load.startswith("P003-")
    return is_image and is_old


def _single(files: Files, name: str) -> Package:
    load = right_name(stem(name))
    both = [name, f"{load}.sbn", f"{load}.bin"]
    present = {each: None for member in both if (each := files.true_name(member)) is not None}
    findings = tuple(each for member in present for each in _single_image(files, member, load))
    files.claim(*present)
    return Package(
        load,
        protocol_of(load) or "",
        version_text(load),
        MODELS,
        files.sizes(both),
        findings,
    )


def _single_image(files: Files, name: str, load: str) -> Iterator[Finding]:
    """Check an image from before release 7.x.

    Its format was never measured, so a mismatch is only a note.
    """
    data, where = files.by_name[name], files.where(name)
    if name.lower().endswith(".sbn"):
        checked = read_signed(name, data, where)
        yield from checked.findings
        if checked.image is not None:
            clean = are_harmless(checked.findings)
            yield from check_signers(
                {where: checked}, Claim(load, protocol_of(load) or "", MODELS, where, clean)
            )
        return
    if name != f"{load}.bin":
        yield finding(
            FindingKind.RENAMED, where, "is not spelt as phones request it.", f"Name it {load}.bin."
        )
    if not data:
        yield finding(FindingKind.TRUNCATED, where, "is empty.")
    if data.startswith(MAGIC):
        yield is_signed(files, name)
    elif data:
        yield _unsigned(data, where)
    yield from measured(name, data, where)


def _unsigned(data: bytes, where: str) -> Finding:
    """Check an image from before release 5.0, which has lengths and checksums, but no signature."""
    if is_refused_test_file(data):
        what = "is synthetic firmware, which no real phone should be given."
        return finding(FindingKind.TEST_SIGNER, where, what, "Use Cisco's package.")
    fits = "are right" if _fits(data) else "do not match those of known later images"
    what = f"is not signed and cannot be proved; its lengths and checksums {fits}."
    return finding(FindingKind.UNSIGNED, where, what, "Use it only for phones that run firmware before 5.0.")


def _fits(data: bytes) -> bool:
    """Return whether an image agrees with its own lengths and checksums."""
    try:
        return not any(image_7940.faults(data, image_7940.parse(data)))
    except WireError:
        return False


def _strays(files: Files, *, has_packages: bool) -> Iterator[Finding]:
    for name in sorted(files.by_name):
        if not is_firmware(name) or name in files.claimed:
            continue
        if name.lower().endswith(SIGNED_SUFFIXES) and not has_packages:
            yield from read_signed(name, files.by_name[name], files.where(name)).findings
        of = _kind_text(files.by_name[name])
        if has_packages:
            what, cure = f"belongs to no .loads file here{of}.", "Remove it, or add the rest of its package."
            yield finding(FindingKind.STRAY, files.where(name), what, cure)
        else:
            what, cure = f"has no .loads file in its folder{of}.", "Add the complete package."
            yield finding(FindingKind.INCOMPLETE, files.where(name), what, cure)


def _kind_text(data: bytes) -> str:
    """Return what kind of file the contents of a signed file seem to be; the first bytes alone do not prove
    it.
    """
    if data.startswith(container_78xx.MAGIC):
        return "; it is a file of a 78xx"
    found = firmware_other_image.content_of(data) if data.startswith(MAGIC) else None
    return f"; it is {found.kind.what}" if found else ""


def _pointer(files: Files) -> Iterator[Finding]:
    name = files.true_name(POINTER)
    if name is None:
        return
    lines = files.by_name[name].decode("latin-1").splitlines()
    named, where = [line for line in lines if line.strip()], files.where(name)
    if len(named) != 1:
        yield finding(FindingKind.POINTER, where, f"holds {len(named)} names.", "Write one loader's name.")
    for line in named:
        yield from _pointed(files, line, where)


def _pointed(files: Files, line: str, where: str) -> Iterator[Finding]:
    stem = line.strip()
    if stem != line:
        what = f"has a space next to {stem}; a phone requests it with the space (CSCdv19260)."
        yield finding(FindingKind.POINTER, where, what, "Remove the space.")
    if f"{stem}.bin" not in files.by_name and f"{stem}.sbn" not in files.by_name:
        cure = "Name the loader, the only image with a .bin."
        yield finding(FindingKind.POINTER, where, f"names {stem}, of which there is no .bin or .sbn.", cure)
