"""Where the built-in services look: Asterisk, and what ringup itself knows."""

from dataclasses import dataclass, field

from ringup.asterisk.asker import PbxAsker


@dataclass(frozen=True, slots=True)
class Sources:
    """What one server gives its services; without an Asterisk, they say so on the screen."""

    pbx: PbxAsker = field(default_factory=PbxAsker)
    """The Asterisk that the lines register to."""
