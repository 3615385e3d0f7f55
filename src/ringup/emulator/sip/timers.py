"""SIP messages that are repeated until they are answered (RFC 3261 §17, with the timers of P-PARAM-31 to
P-PARAM-33).
"""

from dataclasses import dataclass
from math import inf

from ringup.emulator.sip.config import OutgoingDatagram, SipConfig
from ringup.wire import sip

GIVE_UP = 64
"""Multiple of T1 for which a 200 to an INVITE waits for its ACK, and for which a finished transaction is
remembered.
"""


@dataclass(slots=True)
class UnansweredRequest:
    """One SIP message that is repeated, with doubling pauses, until no repetitions are left."""

    message: sip.Message
    outgoing: OutgoingDatagram
    interval: float
    longest: float
    """Maximum number of seconds between two repetitions."""
    left: int
    """Number of repetitions that remain."""
    wake_at: float

    @property
    def given_up(self) -> bool:
        """Return whether the last pause passed without an answer."""
        return self.left < 0

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Repeat the message if its time has come; after the last pause, only set `given_up`."""
        if now < self.wake_at or self.left < 0:
            return []
        self.left -= 1
        if self.left < 0:
            return []
        self.interval = min(self.interval * 2, self.longest)
        self.wake_at = now + self.interval
        return [self.outgoing]

    def answers(self, response: sip.Response) -> bool:
        """Return whether a response belongs to this request: same CSeq and same branch (RFC 3261 §17.1.3)."""
        request_via, response_via = sip.top_via(self.message), sip.top_via(response)
        branch = sip.parameter(request_via.parameters, "branch")
        same_branch = branch == sip.parameter(response_via.parameters, "branch")
        return same_branch and sip.parse_cseq(self.message) == sip.parse_cseq(response)


def ask(
    message: sip.SipRequest, destination: tuple[str, int], config: SipConfig, now: float
) -> UnansweredRequest:
    """Make a request that waits for its response; `outgoing` is its first transmission."""
    invites = message.method == "INVITE"
    return UnansweredRequest(
        message=message,
        outgoing=OutgoingDatagram(sip.build(message), destination),
        interval=config.timer_t1,
        longest=inf if invites else max(config.timer_t1, config.timer_t2),
        left=config.sip_invite_retx if invites else config.sip_retx,
        wake_at=now + config.timer_t1,
    )


def until_acknowledged(
    message: sip.Response, outgoing: OutgoingDatagram, config: SipConfig, now: float
) -> UnansweredRequest:
    """Make a final response to an INVITE, which waits for its ACK for 64 T1."""
    longest = max(config.timer_t1, config.timer_t2)  # A T2 near 0 would cause countless repetitions.
    passed, interval, tries = 0.0, config.timer_t1, -1
    while passed < GIVE_UP * config.timer_t1:
        passed, interval, tries = passed + interval, min(interval * 2, longest), tries + 1
    return UnansweredRequest(message, outgoing, config.timer_t1, longest, tries, now + config.timer_t1)


def earliest(*times: float | None) -> float | None:
    """Return the earliest of several times; None stands for never."""
    return min((time for time in times if time is not None), default=None)
