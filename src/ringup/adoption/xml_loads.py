"""The loads in somebody's XMLDefault.cnf.xml and SEP<MAC>.cnf.xml: our models' and those of others.

Searched as text, as many such files are not well-formed; comments name no loads. Source: P-SEP-1 to P-SEP-3.
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
    """For 7940s and 7960s, each once."""
    others: Mapping[str, str] = field(default_factory=dict)
    """By the number N of ``loadInformationN``."""
    notes: tuple[Problem, ...] = ()
    """Those that cannot be kept, with the reason."""


def read_loads(data: bytes) -> XmlLoads:
    """Read any bytes."""
    ours: dict[str, None] = {}
    others: dict[str, str] = {}
    notes: list[Problem] = []
    numbers = {str(model.load_number) for model in MODELS.values()}
    for number, load in loads_in(data):
        if number in numbers:
            ours[load] = None
        elif (fault := fault_of_other_load(number, load)) is not None:
            notes.append(Problem(XML_DEFAULT, fault.what, "It was left out: no phone reads it."))
        elif others.setdefault(number, load) != load:
            what = f"names {others[number]} and {load} in loadInformation{number}."
            notes.append(Problem(XML_DEFAULT, what, "The first one was taken."))
    return XmlLoads(tuple(ours), others, tuple(notes))


def loads_in(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the number, which may be empty, and the load of each ``loadInformation`` that names one."""
    text = _COMMENT.sub("", data.decode("latin-1"))
    return ((number, unescape(load)) for number, load in _LOAD.findall(text))
