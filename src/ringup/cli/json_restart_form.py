"""The form of `ringup restart --json`."""

from ringup.change.restart import Outcome
from ringup.cli.json_form import Form, Printed


class RestartedPhone(Form):
    """What became of one phone."""

    mac: str
    name: str
    extensions: list[str]
    outcome: Outcome
    seconds: float | None
    """Seconds from the NOTIFY to the boot, or until the wait ended; null: the phone was not told."""
    reason: str
    """What Asterisk answered, if it could not tell the phone; otherwise empty."""
    text: str
    """The outcome and its cure, in words."""


class Restart(Printed):
    """`ringup restart --json`; exit status 1 if a phone was not seen to boot."""

    booted: int
    phones: list[RestartedPhone]
