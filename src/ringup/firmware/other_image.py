"""Images of other models, which are not listed in a `.loads` file: 7910, 7902 to 7912, 7935, expansion
modules.

Source: docs/reference/firmware-container.md#other-models.
"""

from ringup.finding import Finding
from ringup.firmware.contents import FindingKind, Package, are_harmless
from ringup.firmware.files import Files, stem
from ringup.firmware.images import MAGIC, CheckedFile, finding, read_signed
from ringup.firmware.other_models import unverified
from ringup.firmware.package_set import Claim, authenticity_of, check_signers
from ringup.wire import signed_image
from ringup.wire.other_firmware import Recognised, recognise

SUFFIXES = (".sbn", ".bin", ".sbin", ".zup")


def is_image(name: str, data: bytes) -> bool:
    """Return whether a file is an image of one of these models, signed or not."""
    found = content_of(data)
    return name.lower().endswith(SUFFIXES) and found is not None and found.kind.stands_alone


def content_of(data: bytes) -> Recognised | None:
    """Return what the bytes after a signed header contain; None if that is unknown."""
    return recognise(signed_image.payload_of(data) if data.startswith(MAGIC) else data)


def package_of(files: Files, name: str) -> Package:
    """Return the package of one image, which may exist as a signed file, an unsigned file, or both."""
    load = stem(name)
    present = dict.fromkeys(each for end in SUFFIXES if (each := files.true_name(f"{load}{end}")))
    mine = [each for each in present if is_image(each, files.by_name[each])]
    files.claim(*mine)
    found = content_of(files.by_name[name])
    models = found.kind.models if found else ()
    signed = {
        each: read_signed(each, files.by_name[each], files.where(each))
        for each in mine
        if _is_signed(files, each)
    }
    findings = [each for checked in signed.values() for each in checked.findings]
    for each, checked in signed.items():
        if checked.image is not None and not checked.is_proved and not checked.is_damaged:
            findings += unverified(checked.image.payload, files.where(each))
    for each in mine:
        if each not in signed:
            findings += _unsigned(files, each, signed)
    by_place = {files.where(each): checked for each, checked in signed.items()}
    is_compared = found is not None and found.fault is not None
    claim = Claim(load, "", models, files.where(name), are_harmless(findings), is_compared)
    findings += check_signers(by_place, claim)
    proof = authenticity_of(by_place, files.where(name))
    return Package(load, "", "", models, files.sizes(mine), tuple(findings), authenticity=proof)


def _is_signed(files: Files, name: str) -> bool:
    return files.by_name[name].startswith(MAGIC)


def _unsigned(files: Files, name: str, signed: dict[str, CheckedFile]) -> list[Finding]:
    """Check an unsigned image.

    It must be equal to the payload of the signed image, or agree with its own lengths.
    """
    data, where = files.by_name[name], files.where(name)
    images = {each: checked.image for each, checked in signed.items() if checked.image}
    if any(checked.is_damaged for checked in signed.values()):
        return []  # The damage has already been reported, and it makes a further check pointless.
    if images:
        other = next((each for each, image in images.items() if image.payload != data), None)
        what = f"is not the image that {other} holds."
        return [finding(FindingKind.MIXED, where, what, "Take both from the same package.")] if other else []
    found = list(unverified(data, where))
    recognised = recognise(data)
    if not found and recognised:
        fits = "" if recognised.fault is None else "; its lengths are right"
        what = f"is {recognised.kind.what}, not signed, and cannot be proved{fits}."
        found.append(finding(FindingKind.UNSIGNED, where, what, "Compare it with another copy."))
    return found
