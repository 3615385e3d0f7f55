"""X4xx: rules about files that must agree with each other, and about missing files."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ringup.finding import ERROR, NOTE, WARNING, Severity
from ringup.lint.bundle import Bundle, PhoneSettings, SourceFile
from ringup.lint.cnf_rules import each_line
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import ContentKind
from ringup.lint.value_faults import fault_of, placeholder_in
from ringup.phone.cnf_text import CnfLine
from ringup.phone.parameters import UNPROVISIONED
from ringup.wire.file_names import owners_in

_SEPARATED = re.compile(r"\b(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}\b", re.IGNORECASE)


def load_named_by(file: SourceFile) -> str:
    """Return the ``image_version`` of a ``.cnf`` file; empty if it sets none."""
    line = file.values.get("image_version")
    is_unknown = line is None or line.value == UNPROVISIONED or bool(placeholder_in(line.value))
    return "" if line is None or is_unknown else line.value


def sep_load(file: SourceFile) -> str:
    """Return the load that a SEP file names; empty if it names none."""
    loads = [each.text for each in file.xml.elements if each.tag.startswith("loadInformation") and each.text]
    return loads[-1] if loads else ""


def _differ(one: str, other: str) -> bool:
    """Return whether two loads differ, and both names are valid.

    Another rule reports an invalid name.
    """
    wrong = any(not load or fault_of("image_version", load) for load in (one, other))
    return one != other and not wrong


def _cnf_with_loads(bundle: Bundle) -> Iterator[SourceFile]:
    return (file for file in bundle.of(ContentKind.DEFAULT, ContentKind.PHONE) if load_named_by(file))


def has_load(bundle: Bundle, load: str) -> bool:
    """Return whether the load's `.loads` file, or an old load's `.bin`, exists with exactly this name."""
    return any(f"{load}{suffix}" in bundle.by_name for suffix in (".loads", ".bin", ".sbn"))


def missing_load(bundle: Bundle, load: str) -> tuple[str, str]:
    """Return the message and the cure for a load that is missing."""
    other = bundle.by_any_case.get(f"{load}.loads".lower())
    message = f"{load} is required, but there is no {load}.loads."
    if other is not None:
        return message, f"The file is named {other.name}: write the name as it does."
    here = sorted(name.removesuffix(".loads") for name in bundle.by_name if name.endswith(".loads"))
    return message, f"Add its package, or name one that is here: {', '.join(here) or 'none is'}."


def loads_not_here(bundle: Bundle, named: Iterable[tuple[SourceFile, int, str]]) -> Iterator[Occurrence]:
    """Yield each missing load that files name, at the first place that names it.

    If the bundle contains no firmware at all, the finding is a warning: a phone that already runs the load
    needs no firmware files.
    """
    if not (bundle.is_complete or bundle.knows_firmware):
        return
    places: dict[str, list[tuple[SourceFile, int]]] = {}
    for file, line, load in named:
        if not fault_of("image_version", load) and not has_load(bundle, load):
            places.setdefault(load, []).append((file, line))
    severity: Severity | None = None if bundle.has_firmware or bundle.knows_firmware else WARNING
    for load, found in places.items():
        message, cure = missing_load(bundle, load)
        (first, number), *further = found
        others = {file.path for file, _ in further} - {first.path}
        more = f" So do {len(others)} other files." if len(others) > 1 else " So does another file."
        yield seen(first, number, message + (more if others else ""), cure, severity)


def _load_not_here(bundle: Bundle) -> Iterator[Occurrence]:
    named = [
        (file, file.values["image_version"].number, load_named_by(file)) for file in _cnf_with_loads(bundle)
    ]
    return loads_not_here(bundle, named)


def _default_loads(bundle: Bundle) -> Iterator[Occurrence]:
    """Find a load in SIPDefault.cnf that differs from the load in XMLDefault.cnf.xml."""
    for file in bundle.of(ContentKind.DEFAULT):
        xml = bundle.near(file, ContentKind.XML_DEFAULT)
        load = load_named_by(file)
        for element in xml.xml.elements if xml and load else ():
            if element.tag in ("loadInformation7", "loadInformation8") and _differ(element.text, load):
                message = f"{file.name} says {load}, {xml.name if xml else ''} says {element.text}"
                line = file.values["image_version"].number
                yield seen(file, line, f"{message} in {element.tag}.", "Name one load in both.")


def _two_loads(bundle: Bundle) -> Iterator[Occurrence]:
    """Find phones whose SEP file and SIP files name different loads: they would reflash at every boot."""
    for phone in bundle.phones:
        load = phone.values.get("image_version", "")
        other = sep_load(phone.sep) if phone.sep else ""
        if phone.sep is not None and _differ(load, other) and not placeholder_in(load):
            message = (
                f"{phone.sep.name} names load {other} but image_version names {load}: "
                "the phone would reflash at every boot."
            )
            file, line = phone.place("image_version")
            yield seen(file, line, message, "Name one load in both.")


def _other_loads(bundle: Bundle) -> Iterator[Occurrence]:
    """Yield one note for all phones whose own file names another load, because that is often intended."""
    for default in bundle.of(ContentKind.DEFAULT):
        common = load_named_by(default)
        others = Counter(
            load
            for phone in bundle.phones
            if phone.default is default and (load := load_named_by(phone.own)) not in ("", common)
        )
        if common and others:
            named = ", ".join(f"{load} ({count})" for load, count in sorted(others.items()))
            line = default.values["image_version"].number
            message = f"Some phones' own files name a load other than {common}: {named}."
            yield seen(
                default, line, message, "Keep it while you upgrade by groups; otherwise name one load."
            )


def _other_mac(file: SourceFile) -> Iterator[Occurrence]:
    if not file.mac:
        return
    for line in file.cnf.lines:
        remark = line.before if line.is_comment else line.trailing
        found = [*owners_in(line.text), *_SEPARATED.findall(remark)]
        macs = {re.sub("[:-]", "", mac).upper() for mac in found}
        if macs and file.mac not in macs:
            message = f"The file is named after {file.mac}, the line says {min(macs)}."
            yield seen(file, line.number, message, "Correct the wrong one.")


def _other_mac_in_sep(file: SourceFile) -> Iterator[Occurrence]:
    for number, line in enumerate(file.text.split("\n"), start=1) if file.mac else ():
        macs = set(owners_in(line))
        if macs and file.mac not in macs:
            message = f"The file is named after {file.mac}, the line says {min(macs)}."
            yield seen(file, number, message, "Correct the wrong one.")


def _no_default(bundle: Bundle) -> Iterator[Occurrence]:
    phones = [phone for phone in bundle.phones if phone.own.kind is ContentKind.PHONE]
    if bundle.is_complete and phones and not any(phone.default for phone in phones):
        message = "There is no SIPDefault.cnf; phones keep what their flash holds."
        yield seen(phones[0].own, 0, message, "Write it: ringup renders one.")


def _no_xml_default(bundle: Bundle) -> Iterator[Occurrence]:
    for file in bundle.of(ContentKind.DEFAULT) if bundle.is_complete else ():
        if bundle.near(file, ContentKind.XML_DEFAULT) is None:
            message = "There is no XMLDefault.cnf.xml: SCCP phones and new ones find no load."
            yield seen(file, 0, message, "Write it with loadInformation7 and 8.")


def _sync(phone: PhoneSettings) -> str:
    return phone.values.get("sync", "1") or "1"


def _sync_apart(bundle: Bundle) -> Iterator[Occurrence]:
    for phone in bundle.phones:
        if phone.default is None or phone.is_template:
            continue
        info = bundle.near(phone.own, ContentKind.SYNCINFO)
        images = [each for each in info.xml.elements if each.tag == "IMAGE"] if info else []
        every = [each.attributes.get("SYNC", "") for each in images if each.attributes.get("VERSION") == "*"]
        if info and every and _sync(phone) not in every:
            message = (
                f"sync is {_sync(phone)}, {info.name} says {every[0]}: each check-sync restarts the phone."
            )
            file, line = phone.place("sync")
            yield seen(file, line, message, "Change both together.")


def _templates(bundle: Bundle) -> Iterable[tuple[PhoneSettings, str]]:
    for phone in bundle.phones:
        if name := phone.values.get("dial_template", ""):
            yield phone, name


def _template_with_extension(bundle: Bundle) -> Iterator[Occurrence]:
    for phone, name in _templates(bundle):
        if name.lower().endswith(".xml"):
            file, line = phone.place("dial_template")
            yield seen(
                file, line, f"dial_template is {name}; the phone requests {name}.xml.", "Leave .xml out."
            )


def _without_extension(line: CnfLine) -> CnfLine:
    if line.name != "dial_template" or not line.value.lower().endswith(".xml"):
        return line
    return replace(line, value=line.value[: -len(".xml")])


def _template_missing(bundle: Bundle) -> Iterator[Occurrence]:
    for phone, name in _templates(bundle) if bundle.is_complete else ():
        requested = f"{name}.xml"
        if requested in bundle.by_name or name.lower().endswith(".xml"):
            continue
        other = bundle.by_any_case.get(requested.lower())
        hint = (
            f"The file is named {other.name}: spell the name the same way."
            if other
            else "Write it, or correct the name."
        )
        file, line = phone.place("dial_template")
        yield seen(file, line, f"The phone requests {requested}, which is missing.", hint)


def _folder_missing(bundle: Bundle) -> Iterator[Occurrence]:
    """Find a `tftp_cfg_dir` that names a folder which does not exist.

    Phones put the value before the file name unchanged (P-PARAM-23).
    """
    for file in bundle.of(ContentKind.DEFAULT) if bundle.is_complete else ():
        line = file.values.get("tftp_cfg_dir")
        prefix = line.value.lstrip("./") if line and line.value != UNPROVISIONED else ""
        here = any(phone.own.path.startswith(file.folder + prefix) for phone in bundle.phones)
        if line and prefix and not here:
            message = f"tftp_cfg_dir is {line.value}, and no SIP<MAC>.cnf is found under that prefix."
            yield seen(file, line.number, message, "Leave it empty, or move the files there.")


RULES: tuple[CodedRule, ...] = (
    CodedRule("X401", ERROR, "load is missing", _load_not_here),
    CodedRule("X402", WARNING, "SIPDefault.cnf and XMLDefault.cnf.xml name different loads", _default_loads),
    CodedRule("X403", ERROR, "two loads for one phone", _two_loads),
    CodedRule("X404", NOTE, "phones with a different load", _other_loads),
    CodedRule(
        "X405",
        WARNING,
        "MAC in the file differs from its name",
        for_each(lambda b: b.of(ContentKind.PHONE), _other_mac),
    ),
    CodedRule(
        "X406",
        WARNING,
        "MAC in a SEP file differs from its name",
        for_each(lambda b: b.of(ContentKind.SEP), _other_mac_in_sep),
    ),
    CodedRule("X407", WARNING, "no SIPDefault.cnf", _no_default),
    CodedRule("X408", NOTE, "no XMLDefault.cnf.xml", _no_xml_default),
    CodedRule("X409", WARNING, "sync differs from syncinfo.xml", _sync_apart),
    CodedRule(
        "X410", WARNING, "dial_template with .xml", _template_with_extension, each_line(_without_extension)
    ),
    CodedRule("X411", WARNING, "dial template is missing", _template_missing),
    CodedRule("X412", WARNING, "folder in tftp_cfg_dir is missing", _folder_missing),
)
