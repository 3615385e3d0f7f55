"""The sources of the built-in services: Asterisk, and ringup's own data."""

from dataclasses import dataclass, field

from ringup.asterisk.asker import PbxAsker


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of one server; without Asterisk, services show a sentence on the phone that says so."""

    pbx: PbxAsker = field(default_factory=PbxAsker)
    """The connection to the Asterisk at which the lines register."""
