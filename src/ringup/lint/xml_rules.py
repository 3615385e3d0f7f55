"""M5xx, Y8xx: rules about XMLDefault.cnf.xml, SEP<MAC>.cnf.xml and syncinfo.xml."""

import re
from collections.abc import Callable, Iterable, Iterator

from ringup.finding import ERROR, NOTE, WARNING, Severity
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import XML_KINDS, ContentKind
from ringup.lint.tree_rules import loads_not_here, sep_load
from ringup.lint.value_faults import CodedFault, fault_of
from ringup.lint.value_rules import repaired_load
from ringup.lint.xml_text import XmlElement
from ringup.phone.firmware import protocol_of
from ringup.phone.models import LOAD_NUMBERS, MODELS

_LOAD_TAG = re.compile(r"loadInformation(.*)", re.IGNORECASE)
_LOAD_TEXT = re.compile(rb"(<(loadInformation\d*)\b[^<>]*>\s*)([^<>\s]+)(\s*</\2>)")
_ROOTS = {
    ContentKind.XML_DEFAULT: ("Default",),
    # A SEP file with the root <Default> works as well (P-PATH-15).
    ContentKind.SEP: ("device", "Default"),
    ContentKind.DEVICE: ("device",),
    ContentKind.SYNCINFO: ("SYNCINFO",),
}
LATER_ONLY = frozenset(
    ("sipProfile", "sipLines", "commonProfile", "phoneServices", "sshUserId", "featurePolicyFile")
)
"""Elements of a SEP file that only models after the 7960 read."""
LONGEST_NUMBER = 6
"""Maximum number of digits of a model's number, leading zeros included."""
_MODEL = re.compile(r"79\d\d")
LONGEST_SYNC = 32


def _xml_files(bundle: Bundle) -> Iterable[SourceFile]:
    return (file for file in bundle.of(*_ROOTS) if file.data.strip() and not file.xml_placeholders)


def _whole(bundle: Bundle, *kinds: ContentKind) -> Iterator[SourceFile]:
    """Yield the files of these kinds that are valid XML and have no placeholders; other rules report the
    remaining files.
    """
    return (
        file
        for file in bundle.of(*kinds)
        if file.xml.root is not None and file.xml.error is None and not file.xml_placeholders
    )


def _defaults(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, ContentKind.XML_DEFAULT)


def seps(bundle: Bundle) -> Iterable[SourceFile]:
    """Yield the SEP files that are valid XML and have no placeholders."""
    return _whole(bundle, ContentKind.SEP)


def _both(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, ContentKind.XML_DEFAULT, ContentKind.SEP)


def loads_of(file: SourceFile) -> list[XmlElement]:
    """Return the elements of a file that name a load."""
    return [element for element in file.xml.elements if _LOAD_TAG.fullmatch(element.tag)]


def load_number(element: XmlElement) -> int | None:
    """Return the model's number in an element's tag, which may have leading zeros; None if there is none."""
    number = element.tag.removeprefix("loadInformation")
    is_number = (
        number != element.tag and number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    )
    return (int(number) or None) if is_number else None


def _is_79_0(element: XmlElement) -> bool:
    """Return whether an element names the load for a 7940 or 7960; loads of other models have other kinds of
    names.
    """
    number = load_number(element)
    is_ours = number in {row.load_number for row in MODELS.values()}
    return is_ours or (element.tag == "loadInformation" and element.text.upper().startswith("P0"))


def _not_well_formed(file: SourceFile) -> Iterator[Occurrence]:
    if file.xml.error is not None:
        line, reason = file.xml.error
        yield seen(
            file, line, f"This is not XML: {reason}.", "Correct it here; the rest of the file is not read."
        )


def _wrong_root(file: SourceFile) -> Iterator[Occurrence]:
    root = file.xml.root
    if root is not None and root.tag not in _ROOTS[file.kind]:
        message = f"The root is <{root.tag}>; phones look for <{_ROOTS[file.kind][0]}>."
        yield seen(file, root.line, message, f"Write <{_ROOTS[file.kind][0]}>.")


def _stray_text(file: SourceFile) -> Iterator[Occurrence]:
    for line, text in file.xml.stray:
        yield seen(file, line, f"The text '{text.split()[0][:20]}' is between elements.", "Remove it.")


def _no_load(bundle: Bundle) -> Iterator[Occurrence]:
    is_ours = any(bundle.of(ContentKind.DEFAULT, ContentKind.PHONE))
    for file in _defaults(bundle):
        # A file for other models only, like the 7941, needs no load for a 7940 or 7960.
        if is_ours or not any(element.text for element in loads_of(file) if not _is_79_0(element)):
            yield from _models_without_load(file)


def _models_without_load(file: SourceFile) -> Iterator[Occurrence]:
    named = {load_number(element) for element in loads_of(file) if element.text}
    for row in MODELS.values():
        if row.load_number not in named:
            message = f"loadInformation{row.load_number} is missing or empty: a {row.name} finds no load."
            yield seen(file, 0, message, "Write it.")


def _no_number(file: SourceFile) -> Iterator[Occurrence]:
    for element in loads_of(file):
        if load_number(element) is None:
            message = f"<{element.tag}> does not have the form loadInformation7; no model reads it."
            yield seen(file, element.line, message, "Write the model's number: 7 is the 7960, 8 the 7940.")


def _load_faults(file: SourceFile) -> Iterator[tuple[XmlElement, CodedFault]]:
    for element in loads_of(file):
        found = fault_of("image_version", element.text) if element.text and _is_79_0(element) else None
        if found:
            yield element, found


def _with_load_fault(takes: Callable[[str], bool]) -> Callable[[SourceFile], Iterator[Occurrence]]:
    """Return a rule that reports the loads whose fault has a code that `takes` accepts."""

    def find(file: SourceFile) -> Iterator[Occurrence]:
        for element, found in _load_faults(file):
            if takes(found.code):
                fault = found.fault.of(element.tag)
                yield seen(file, element.line, fault.what, fault.cure)

    return find


_load_with_extension = _with_load_fault(lambda code: code == "C221")
_loader = _with_load_fault(lambda code: code == "C224")
_bad_load = _with_load_fault(lambda code: code not in ("C221", "C224"))


def _repair_loads(name: str, data: bytes) -> tuple[str, bytes]:
    def repaired(match: re.Match[bytes]) -> bytes:
        load = match[3].decode("latin-1")
        is_ours = match[2] in (b"loadInformation", b"loadInformation7", b"loadInformation8")
        right = repaired_load(load) if is_ours else load
        return match[1] + right.encode("latin-1") + match[4]

    return name, _LOAD_TEXT.sub(repaired, data)


def _load_not_here(bundle: Bundle) -> Iterable[Occurrence]:
    named = [
        (file, element.line, element.text)
        for file in _both(bundle)
        for element in loads_of(file)
        if element.text and _is_79_0(element)
    ]
    return loads_not_here(bundle, named)


def _other_model(file: SourceFile) -> Iterator[Occurrence]:
    for element in loads_of(file):
        right = LOAD_NUMBERS.get(load_number(element) or 0, "")
        model = element.attributes.get("model", "")
        said = next((name for name in _MODEL.findall(model) if name in LOAD_NUMBERS.values()), "")
        is_ours_elsewhere = right not in (*MODELS, "") and element.text.upper().startswith(("P0S3", "P003"))
        if right and said and said != right:
            message = f"{element.tag} is for the {right}: the phone reads the number, and ignores '{model}'."
            yield seen(file, element.line, message, "Correct the number or the text.")
        elif is_ours_elsewhere:
            message = f"{element.tag} is the {right}'s, which cannot run {element.text}."
            yield seen(file, element.line, message, "Write loadInformation7 for the 7960, 8 for the 7940.")


def _no_load_in_sep(bundle: Bundle) -> Iterator[Occurrence]:
    ours = {phone.own.mac for phone in bundle.phones}
    for file in seps(bundle):
        if sep_load(file) or is_for_later_models(file):
            continue
        message = "The file names no load and ends the phone's hunt for one ('Protocol Application Invalid')."
        severity: Severity = ERROR if file.mac in ours else WARNING
        yield seen(file, 0, message, "Write loadInformation, or remove the file.", severity)


def is_for_later_models(file: SourceFile) -> bool:
    """Return whether a SEP file has lines, features or services, which only models after the 7960 read."""
    return any(element.tag in LATER_ONLY for element in file.xml.elements)


def _placeholder(file: SourceFile) -> Iterator[Occurrence]:
    for found, line in file.xml_placeholders.items():
        severity: Severity | None = None if file.is_requested else NOTE
        message = f"The placeholder {found} was not replaced."
        yield seen(file, line, message, "Write the real value.", severity)


def _filled(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.of(*XML_KINDS)


def _sep_protocol(file: SourceFile) -> Iterator[Occurrence]:
    load = sep_load(file)
    for element in file.xml.elements:
        said = element.text.upper() if element.tag == "deviceProtocol" else ""
        is_right = bool(load) and not fault_of("image_version", load)
        if said and is_right and protocol_of(load) not in (None, said):
            message = f"deviceProtocol is {element.text}, but {load} speaks {protocol_of(load)}."
            yield seen(file, element.line, message, "Make them agree.")


def _no_image(file: SourceFile) -> Iterator[Occurrence]:
    images = [element for element in file.xml.elements if element.tag == "IMAGE"]
    if not images:
        yield seen(file, 0, "There is no IMAGE element.", 'Write <IMAGE VERSION="*" SYNC="1"/>.')
    for image in images:
        for name in ("VERSION", "SYNC"):
            if not image.attributes.get(name):
                yield seen(file, image.line, f"IMAGE has no {name}.", 'Write <IMAGE VERSION="*" SYNC="1"/>.')


def _long_sync(file: SourceFile) -> Iterator[Occurrence]:
    for element in file.xml.elements:
        length = len(element.attributes.get("SYNC", ""))
        if length > LONGEST_SYNC:
            message = f"SYNC has {length} characters; the phone takes {LONGEST_SYNC}."
            yield seen(file, element.line, message, "Shorten it, here and in the .cnf files.")


def _syncs(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, ContentKind.SYNCINFO)


RULES: tuple[CodedRule, ...] = (
    CodedRule("M501", ERROR, "not well-formed XML", for_each(_xml_files, _not_well_formed)),
    CodedRule("M502", ERROR, "wrong root element", for_each(_xml_files, _wrong_root)),
    CodedRule("M503", WARNING, "text between elements", for_each(_xml_files, _stray_text)),
    CodedRule("M504", WARNING, "no load for a model", _no_load),
    CodedRule("M505", WARNING, "loadInformation without number", for_each(_defaults, _no_number)),
    CodedRule("M506", ERROR, "load with an extension", for_each(_both, _load_with_extension), _repair_loads),
    CodedRule("M507", ERROR, "not the name of a load", for_each(_both, _bad_load), _repair_loads),
    CodedRule("M508", WARNING, "name of a loader instead of a load", for_each(_both, _loader)),
    CodedRule("M509", ERROR, "load is missing", _load_not_here),
    CodedRule("M510", WARNING, "number and model do not agree", for_each(_defaults, _other_model)),
    CodedRule("M511", ERROR, "SEP file without load", _no_load_in_sep),
    CodedRule("M512", WARNING, "protocol and load do not agree", for_each(seps, _sep_protocol)),
    CodedRule("M513", ERROR, "placeholder not replaced in XML", for_each(_filled, _placeholder)),
    CodedRule("Y801", WARNING, "syncinfo.xml without image", for_each(_syncs, _no_image)),
    CodedRule("Y802", WARNING, "SYNC too long", for_each(_syncs, _long_sync)),
)
