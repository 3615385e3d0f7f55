"""Read an existing TFTP folder: the values that each phone gets from it, its dial templates and ring tones.

Everything unusual becomes a note with its file and line. Source: P-CNF-1 to P-CNF-10, P-DIAL-1 and P-RING-1.
"""

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ringup.adoption.values import overlaid, refusal
from ringup.adoption.xml_loads import XML_DEFAULT, XmlLoads, read_loads
from ringup.dial import template_file as dial_template_file
from ringup.dial.template_file import TemplateFile
from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.phone import cnf_text
from ringup.phone.forced_keys import is_secret
from ringup.phone.parameters import PARAMETERS, UNPROVISIONED
from ringup.render.sip_cnf import DIAL_TEMPLATE
from ringup.site.model import Ring
from ringup.wire.file_names import NameKind, as_requested, base_name, kind_of, owner_of

DEFAULTS = "sipdefault.cnf"
RING_LIST = "ringlist.dat"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BLANKS = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """One parameter's value, with its file and line."""

    value: str
    where: str


Values = Mapping[str, ParameterEntry]


@dataclass(frozen=True, slots=True)
class Tree:
    """The contents of a TFTP folder."""

    defaults: Values
    phones: Mapping[str, Values]
    """Each phone's values, from the default file and its own file together, by MAC."""
    templates: Mapping[str, TemplateFile]
    """Dial templates that phones use, by their name without ``.xml``."""
    rings: tuple[Ring, ...]
    xml: XmlLoads
    """The loads that XMLDefault.cnf.xml names."""
    files: tuple[str, ...]
    """Every file that a phone can request, by its path in the folder."""
    notes: tuple[Problem, ...]

    def common(self, name: str) -> str:
        """Return the value that most phones have.

        If two values are equally common, the default file's value counts. Empty if no phone has the
        parameter.
        """
        values = [
            values[name].value
            for values in self.phones.values()
            if name in values and refusal(name, values[name].value) is None
        ]
        if not values:
            return self.defaults[name].value if name in self.defaults else ""
        counted = Counter(values)
        default = self.defaults[name].value if name in self.defaults else None
        return min(counted, key=lambda value: (-counted[value], value != default, value))


@dataclass(slots=True)
class _Reading:
    folder: FirmwareFolder
    notes: list[Problem] = field(default_factory=list)

    def note(self, where: str, what: str, cure: str = "") -> None:
        self.notes.append(Problem(where, what, cure))


def read_tree(folder: FirmwareFolder) -> Tree:
    """Read the complete folder."""
    reading = _Reading(folder)
    names = list(folder.sizes())
    defaults = _defaults(reading, names)
    own = dict(_phone_files(reading, names))
    phones = {mac: _together(reading, defaults, values) for mac, values in sorted(own.items())}
    templates = _templates(reading, (defaults, *phones.values()))
    rings = tuple(_rings(reading))
    xml = read_loads(folder.read(XML_DEFAULT) or b"")
    return Tree(defaults, phones, templates, rings, xml, tuple(names), (*reading.notes, *xml.notes))


def _text(data: bytes | None) -> str:
    return (data or b"").decode("latin-1")


def _defaults(reading: _Reading, names: list[str]) -> Values:
    found = next((name for name in names if name.lower() == DEFAULTS), None)
    if found is None:
        nested = next((name for name in names if name.lower().endswith(f"/{DEFAULTS}")), "")
        cure = "Check that this is the folder that phones read."
        if nested:
            folder = (reading.folder.path or Path()) / nested.rpartition("/")[0]
            cure = f"One is in {folder}. If phones read that folder: ringup adopt {folder}"
        reading.note("SIPDefault.cnf", "is not in the folder.", cure)
        return {}
    if found != "SIPDefault.cnf":
        reading.note(found, "phones request SIPDefault.cnf, with these upper and lower case letters.")
    return _values(reading, found)


def _phone_files(reading: _Reading, names: list[str]) -> Iterator[tuple[str, Values]]:
    """Return every phone's own file; if two names have the same MAC, the name in upper case counts."""
    taken: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (name.count("/"), name)):
        if kind_of(name) is not NameKind.SIP:
            continue
        mac = owner_of(base_name(name))
        if mac in taken:
            reading.note(name, f"is a second file of phone {mac}.", f"Only {taken[mac]} was imported.")
            continue
        taken[mac] = name
        if base_name(name) != as_requested(name):
            what = f"phones request {as_requested(name)}, with the MAC in upper case."
            reading.note(name, what, "It was imported anyway.")
        if not reading.folder.read(name):
            reading.note(name, "is empty or cannot be read: a phone has only the default file's values.")
        yield mac, _values(reading, name)


def _together(reading: _Reading, defaults: Values, own: Values) -> Values:
    """Return the values of the default file and the phone's own file, read in the phone's order."""
    every = {**defaults, **own}
    texts = overlaid(_texts(defaults), _texts(own))
    for name in own:
        if own[name].value != texts[name]:
            cure = f"The phone uses the value of {defaults[name].where}; this one was left out."
            reading.note(
                own[name].where,
                f"the phone rejects this {name}, so it does not replace the default file's.",
                cure,
            )
    return {
        name: defaults[name] if text != every[name].value else every[name] for name, text in texts.items()
    }


def _texts(values: Values) -> dict[str, str]:
    return {name: entry.value for name, entry in values.items()}


def _values(reading: _Reading, name: str) -> Values:
    """Return the values of one file; if a parameter occurs twice, the last value counts, as on the phone."""
    values: dict[str, ParameterEntry] = {}
    known = {key.lower(): key for key in PARAMETERS}
    for line in cnf_text.read(reading.folder.read(name) or b"").lines:
        where = f"{name}:{line.number}"
        if not line.is_entry:
            if not line.is_comment:
                reading.note(where, "is neither a parameter nor a comment.", "It was left out.")
            continue
        key = line.name if line.name in PARAMETERS else known.get(line.name.lower(), line.name)
        if "=" in line.separator:
            reading.note(
                where, f"{key} has = instead of the colon; some loads skip such a line.", "It was taken."
            )
        if key != line.name:
            reading.note(where, f"{line.name} is spelt {key} in the catalogue.", "It was imported as {key}.")
        if key in values and values[key].value != line.value:
            where_else = values[key].where.rpartition(":")[2]
            reading.note(where, f"{key} is also in line {where_else}.", "The last one counts.")
        # An invalid password is reported later, together with its record, where the cure is known.
        if not is_secret(key) and (refused := refusal(key, line.value)) is not None:
            reading.note(where, refused, "The phone rejects the complete value; it is kept unchanged.")
        values[key] = ParameterEntry(line.value, where)
    return values


def _templates(reading: _Reading, phones: Iterable[Values]) -> dict[str, TemplateFile]:
    """Yield the dial templates that phones use.

    If the phones' files name no template, the template with the default name is used.
    """
    named = sorted({values["dial_template"].value for values in phones if "dial_template" in values})
    return _read_templates(reading, named) or (
        _read_templates(reading, [DIAL_TEMPLATE]) if reading.folder.get(f"{DIAL_TEMPLATE}.xml") else {}
    )


def _read_templates(reading: _Reading, names: Iterable[str]) -> dict[str, TemplateFile]:
    templates: dict[str, TemplateFile] = {}
    for name in names:
        found = reading.folder.get(f"{name}.xml") if name else None
        if found is None:
            if name not in ("", UNPROVISIONED):
                reading.note(f"{name}.xml", "the dial template is not in the folder.")
            continue
        templates[name] = read_template(reading.folder.read(found.true_name) or b"")
        for finding in templates[name].findings:
            reading.note(f"{found.true_name}:{finding.where.line}", f"{finding.what}.", finding.cure)
    return templates


def read_template(data: bytes) -> TemplateFile:
    """Return a dial template that is read with one character per byte, as a phone reads it.

    An XML parser would assume UTF-8.
    """
    text = data if data.startswith(BOM_UTF8) else data.decode("latin-1").encode()
    return dial_template_file.read(text)


def _rings(reading: _Reading) -> Iterator[Ring]:
    for number, line in enumerate(_text(reading.folder.read(RING_LIST)).splitlines(), 1):
        where = f"RINGLIST.DAT:{number}"
        if not line.strip():
            continue
        name, tab, file = line.partition("\t")
        if not tab:
            name, _, file = _BLANKS.sub("\t", line.strip()).rpartition("\t")
            name, _, file = (name, "", file) if name else line.strip().rpartition(" ")
            reading.note(
                where, "has spaces instead of the TAB, so phones found no file.", f"Taken as {file}."
            )
        name, file = name.strip(), file.strip()
        if not (name and file) or '"' in line or _CONTROL.search(line.expandtabs()):
            reading.note(where, "is not a name, a TAB and a file.", "It was left out.")
            continue
        yield Ring(name=name, file=file)
