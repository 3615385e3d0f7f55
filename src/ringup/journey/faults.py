"""The present faults of the machine and of Asterisk; one event reports a fault, and another event ends it."""

from ringup.events import Event, MachineFault, MachineFaultOver, ServerStarted

MOST_FAULTS = 32
"""Maximum number of faults that are kept, several for each rule of `ringup check`; the oldest are dropped
first.
"""


def faults_after(faults: tuple[MachineFault, ...], event: Event) -> tuple[MachineFault, ...]:
    """Return the present faults after `event`, oldest first.

    A server checks its machine when it starts, so its start ends the faults from the time before.
    """
    if isinstance(event, ServerStarted):
        return tuple(fault for fault in faults if fault.node != event.node)
    if not isinstance(event, MachineFault | MachineFaultOver):
        return faults
    others = tuple(fault for fault in faults if _name(fault) != _name(event))
    return (*others, event)[-MOST_FAULTS:] if isinstance(event, MachineFault) else others


def _name(event: MachineFault | MachineFaultOver) -> tuple[str, str, str]:
    return event.node, event.code, event.what
