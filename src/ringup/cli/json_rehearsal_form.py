"""The form of `ringup rehearse --json`."""

from ringup.cli.json_form import ObjectForm, Printed


class RehearsalFailure(ObjectForm):
    """One phone that did not get into service."""

    mac: str
    extensions: list[str]
    stage: str
    """The title of the stage that it was in at the end."""
    last: str
    """Its last event, as a sentence."""
    why: str
    """Its trouble, or the step that is overdue."""


class Rehearsal(Printed):
    """`ringup rehearse --json`; all times are seconds of simulated time since the start of the rehearsal."""

    phones: int
    in_service: int
    """The number of phones that were in service at least once."""
    seconds: float
    """The simulated duration of the rehearsal."""
    half_after: float | None
    """The time when half of the phones were in service; null: never."""
    most_after: float | None
    """The time when 95 % of the phones were in service; null: never."""
    all_after: float | None
    all_again_after: float | None
    """Seconds from the power cut's end until all phones were back; null without --power-cut."""
    most_transfers: int
    """The largest number of TFTP transfers at the same time."""
    busiest_second: int
    """The largest number of datagrams in one second."""
    datagrams: int
    boots: int
    folded: int
    """Number of image transfers in which most blocks were left out, because another phone had fetched the
    image before.
    """
    times: dict[str, float]
    """The time at which each phone was first in service, by MAC."""
    failures: list[RehearsalFailure]
