"""The form of `ringup restart --json`."""

from ringup.change.restart import RestartOutcome
from ringup.cli.json_form import ObjectForm, Printed


class RestartedPhone(ObjectForm):
    """The result for one phone."""

    mac: str
    name: str
    extensions: list[str]
    outcome: RestartOutcome
    seconds: float | None
    """Seconds from the NOTIFY to the boot, or to the end of the wait; null: no NOTIFY was sent."""
    reason: str
    """Asterisk's reply, if it could not send the NOTIFY; otherwise empty."""
    text: str
    """The outcome and its cure, as sentences."""


class Restart(Printed):
    """`ringup restart --json`; exit status 1 if a phone was not seen to boot."""

    booted: int
    phones: list[RestartedPhone]
