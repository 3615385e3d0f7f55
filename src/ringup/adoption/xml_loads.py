"""Find the loads in an operator's XMLDefault.cnf.xml and SEP<MAC>.cnf.xml, for all models.

The files are searched as text, because many of them are not well-formed XML. Comments are skipped. Source:
P-SEP-1 to P-SEP-3.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import unescape

from ringup.errors import Problem
from ringup.phone.models import MODELS
from ringup.site.record_faults import fault_of_other_load

XML_DEFAULT = "XMLDefault.cnf.xml"
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LOAD = re.compile(r"<loadInformation(\d*)(?:\s[^>]*)?>\s*([^<\s]+)\s*<")


@dataclass(frozen=True, slots=True)
class XmlLoads:
    """The loads that one XMLDefault.cnf.xml names."""

    ours: tuple[str, ...] = ()
    """The loads for the 7940 and 7960, each once."""
    others: Mapping[str, str] = field(default_factory=dict)
    """The loads of other models, by the number N in ``loadInformationN``."""
    notes: tuple[Problem, ...] = ()
    """The loads that cannot be kept, with the reasons."""


def read_loads(data: bytes) -> XmlLoads:
    """Read the loads from the bytes of a file; bytes of any kind are accepted."""
    ours: dict[str, None] = {}
    others: dict[str, str] = {}
    notes: list[Problem] = []
    numbers = {str(model.load_number) for model in MODELS.values()}
    for number, load in loads_in(data):
        if number in numbers:
            ours[load] = None
        elif (fault := fault_of_other_load(number, load)) is not None:
            notes.append(Problem(XML_DEFAULT, fault.what, "It was left out, because no phone reads it."))
        elif others.setdefault(number, load) != load:
            what = f"names {others[number]} and {load} in loadInformation{number}."
            notes.append(Problem(XML_DEFAULT, what, "The first one was imported."))
    return XmlLoads(tuple(ours), others, tuple(notes))


def loads_in(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the number and the load of each ``loadInformation`` element that is not empty; the number may be
    empty.
    """
    text = _COMMENT.sub("", data.decode("latin-1"))
    return ((number, unescape(load)) for number, load in _LOAD.findall(text))
