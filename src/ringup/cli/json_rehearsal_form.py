"""The form of `ringup rehearse --json`."""

from ringup.cli.json_form import Form, Printed


class RehearsalFailure(Form):
    """One phone that did not come up."""

    mac: str
    extensions: list[str]
    stage: str
    """The title of the stage that it was in at the end."""
    last: str
    """Its last event, in words."""
    why: str
    """Its trouble, or what is overdue."""


class Rehearsal(Printed):
    """`ringup rehearse --json`; all times are seconds of the rehearsal's own time since its start."""

    phones: int
    in_service: int
    """How many phones were in service at any time."""
    seconds: float
    """How long the rehearsal lasted."""
    half_after: float | None
    """When half of the phones were in service; null: never."""
    most_after: float | None
    """When 95 of 100 phones were."""
    all_after: float | None
    all_again_after: float | None
    """Seconds from the power cut's end until all phones were back; null without --power-cut."""
    most_transfers: int
    """The most TFTP transfers under way at once."""
    busiest_second: int
    """Datagrams of the busiest second."""
    datagrams: int
    boots: int
    times: dict[str, float]
    """When each phone was first in service, by MAC."""
    failures: list[RehearsalFailure]
