"""M5xx, Y8xx: XMLDefault.cnf.xml, SEP<MAC>.cnf.xml and syncinfo.xml."""

import re
from collections.abc import Iterable, Iterator

from ringup.lint.bundle import Bundle, Kind, SourceFile
from ringup.lint.finding import Rule, Seen, for_each, seen
from ringup.lint.tree_rules import has_load, missing_load, sep_load
from ringup.lint.value_faults import fault_of
from ringup.lint.value_rules import repaired_load
from ringup.lint.xml_text import Element
from ringup.phone.firmware import protocol_of
from ringup.phone.models import MODELS

_LOAD_TAG = re.compile(r"loadInformation(.*)", re.IGNORECASE)
_LOAD_TEXT = re.compile(rb"(<(loadInformation\d*)\b[^<>]*>\s*)([^<>\s]+)(\s*</\2>)")
_ROOTS = {
    Kind.XML_DEFAULT: ("Default",),
    # A SEP file with the root of the default one cured a phone once (P-PATH-15).
    Kind.SEP: ("device", "Default"),
    Kind.SYNCINFO: ("SYNCINFO",),
}
LONGEST_SYNC = 32


def _xml_files(bundle: Bundle) -> Iterable[SourceFile]:
    return (file for file in bundle.of(*_ROOTS) if file.data.strip())


def _whole(bundle: Bundle, *kinds: Kind) -> Iterator[SourceFile]:
    """Files that could be read to their end: others have one finding."""
    return (file for file in bundle.of(*kinds) if file.xml.root is not None and file.xml.error is None)


def _defaults(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, Kind.XML_DEFAULT)


def _seps(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, Kind.SEP)


def _both(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, Kind.XML_DEFAULT, Kind.SEP)


def loads_of(file: SourceFile) -> list[Element]:
    """The elements that name a load."""
    return [element for element in file.xml.elements if _LOAD_TAG.fullmatch(element.tag)]


def _is_79_0(element: Element) -> bool:
    """Whether it is for a 7940 or 7960: the other models' loads have other names."""
    number = element.tag.removeprefix("loadInformation")
    numbers = [str(row.load_number) for row in MODELS.values()]
    return number in numbers or (not number and element.text.upper().startswith("P0"))


def _not_well_formed(file: SourceFile) -> Iterator[Seen]:
    if file.xml.error is not None:
        line, reason = file.xml.error
        yield seen(file, line, f"This is not XML: {reason}.", "Correct it here; what follows is not read.")


def _wrong_root(file: SourceFile) -> Iterator[Seen]:
    root = file.xml.root
    if root is not None and root.tag not in _ROOTS[file.kind]:
        message = f"The root is <{root.tag}>; phones look for <{_ROOTS[file.kind][0]}>."
        yield seen(file, root.line, message, f"Write <{_ROOTS[file.kind][0]}>.")


def _stray_text(file: SourceFile) -> Iterator[Seen]:
    for line, text in file.xml.stray:
        yield seen(file, line, f"'{text.split()[0][:20]}' stands between elements.", "Remove it.")


def _no_load(bundle: Bundle) -> Iterator[Seen]:
    is_ours = any(bundle.of(Kind.DEFAULT, Kind.PHONE))
    for file in _defaults(bundle):
        # A site of 7941s alone needs neither.
        if is_ours or not any(element.text for element in loads_of(file) if not _is_79_0(element)):
            yield from _models_without_load(file)


def _models_without_load(file: SourceFile) -> Iterator[Seen]:
    named = {element.tag for element in loads_of(file) if element.text}
    for row in MODELS.values():
        if f"loadInformation{row.load_number}" not in named:
            message = f"loadInformation{row.load_number} is missing or empty: a {row.name} finds no load."
            yield seen(file, 0, message, "Write it.")


def _no_number(file: SourceFile) -> Iterator[Seen]:
    for element in loads_of(file):
        number = element.tag[len("loadInformation") :]
        is_right = number.isascii() and number.isdigit() and not number.startswith("0")
        if not is_right or not element.tag.startswith("loadInformation"):
            message = f"<{element.tag}> has not the form loadInformation7; no model reads it."
            yield seen(file, element.line, message, "Write the model's number: 7 is the 7960, 8 the 7940.")


def _load_faults(file: SourceFile) -> Iterator[tuple[str, Element, str, str]]:
    for element in loads_of(file):
        fault = fault_of("image_version", element.text) if element.text and _is_79_0(element) else None
        if fault:
            code, message, cure = fault
            yield code, element, message.replace("load ", f"{element.tag} ", 1), cure


def _bad_load(file: SourceFile) -> Iterator[Seen]:
    for code, element, message, cure in _load_faults(file):
        if code not in ("C221", "C224"):
            yield seen(file, element.line, message, cure)


def _load_with_extension(file: SourceFile) -> Iterator[Seen]:
    for code, element, message, cure in _load_faults(file):
        if code == "C221":
            yield seen(file, element.line, message, cure)


def _loader(file: SourceFile) -> Iterator[Seen]:
    for code, element, message, cure in _load_faults(file):
        if code == "C224":
            yield seen(file, element.line, message, cure)


def _repair_loads(name: str, data: bytes) -> tuple[str, bytes]:
    def repaired(match: re.Match[bytes]) -> bytes:
        load = match[3].decode("latin-1")
        is_ours = match[2] in (b"loadInformation", b"loadInformation7", b"loadInformation8")
        right = repaired_load(load) if is_ours else load
        return match[1] + right.encode("latin-1") + match[4]

    return name, _LOAD_TEXT.sub(repaired, data)


def _load_not_here(bundle: Bundle) -> Iterator[Seen]:
    for file in _both(bundle) if bundle.has_firmware else ():
        for element in loads_of(file):
            load = element.text
            is_right = bool(load) and _is_79_0(element) and not fault_of("image_version", load)
            if is_right and not has_load(bundle, load):
                yield seen(file, element.line, *missing_load(bundle, load))


def _other_model(file: SourceFile) -> Iterator[Seen]:
    for element in loads_of(file):
        for row in MODELS.values():
            others = [other.name for other in MODELS.values() if other is not row]
            model = element.attributes.get("model", "")
            is_row = element.tag == f"loadInformation{row.load_number}"
            if is_row and row.name not in model and any(other in model for other in others):
                message = f"{element.tag} is the {row.name}'s, whatever '{model}' says: the number counts."
                yield seen(file, element.line, message, "Correct the number or the text.")


def _no_load_in_sep(file: SourceFile) -> Iterator[Seen]:
    if not sep_load(file):
        message = "The file names no load and ends the phone's hunt for one ('Protocol Application Invalid')."
        yield seen(file, 0, message, "Write loadInformation, or remove the file.")


def _sep_protocol(file: SourceFile) -> Iterator[Seen]:
    load = sep_load(file)
    for element in file.xml.elements:
        said = element.text.upper() if element.tag == "deviceProtocol" else ""
        is_right = bool(load) and not fault_of("image_version", load)
        if said and is_right and protocol_of(load) not in (None, said):
            message = f"deviceProtocol is {element.text}, but {load} speaks {protocol_of(load)}."
            yield seen(file, element.line, message, "Make them agree.")


def _no_image(file: SourceFile) -> Iterator[Seen]:
    images = [element for element in file.xml.elements if element.tag == "IMAGE"]
    if not images:
        yield seen(file, 0, "There is no IMAGE element.", 'Write <IMAGE VERSION="*" SYNC="1"/>.')
    for image in images:
        for name in ("VERSION", "SYNC"):
            if not image.attributes.get(name):
                yield seen(file, image.line, f"IMAGE has no {name}.", 'Write <IMAGE VERSION="*" SYNC="1"/>.')


def _long_sync(file: SourceFile) -> Iterator[Seen]:
    for element in file.xml.elements:
        length = len(element.attributes.get("SYNC", ""))
        if length > LONGEST_SYNC:
            message = f"SYNC has {length} characters; the phone takes {LONGEST_SYNC}."
            yield seen(file, element.line, message, "Shorten it, here and in the .cnf files.")


def _syncs(bundle: Bundle) -> Iterable[SourceFile]:
    return _whole(bundle, Kind.SYNCINFO)


RULES: tuple[Rule, ...] = (
    Rule("M501", "error", "not well-formed XML", for_each(_xml_files, _not_well_formed)),
    Rule("M502", "error", "wrong root", for_each(_xml_files, _wrong_root)),
    Rule("M503", "error", "text between elements", for_each(_xml_files, _stray_text)),
    Rule("M504", "error", "no load for a model", _no_load),
    Rule("M505", "error", "loadInformation without number", for_each(_defaults, _no_number)),
    Rule("M506", "error", "load with an extension", for_each(_both, _load_with_extension), _repair_loads),
    Rule("M507", "error", "no load's name", for_each(_both, _bad_load), _repair_loads),
    Rule("M508", "warning", "a loader for a load", for_each(_both, _loader)),
    Rule("M509", "error", "load not here", _load_not_here),
    Rule("M510", "warning", "number and model apart", for_each(_defaults, _other_model)),
    Rule("M511", "error", "SEP file without load", for_each(_seps, _no_load_in_sep)),
    Rule("M512", "warning", "protocol and load apart", for_each(_seps, _sep_protocol)),
    Rule("Y801", "error", "syncinfo.xml without image", for_each(_syncs, _no_image)),
    Rule("Y802", "error", "SYNC too long", for_each(_syncs, _long_sync)),
)
