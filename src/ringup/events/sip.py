"""SIP messages of a phone that were seen: on the wire, in a capture, or in a PBX's log."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SipSeen:
    """A SIP message that a phone sent or received, with the headers that show why a registration fails."""

    at: float
    mac: str
    source: str
    """``address:port`` of the sender; empty if the log does not contain it."""
    destination: str
    """``address:port`` of the receiver; empty if the log does not contain it."""
    method: str
    """The method, like ``REGISTER`` or ``INVITE``; of an answer, that of its request, from CSeq."""
    status: int
    """The status code, like ``200`` or ``401``; 0: the message is a request."""
    extension: str
    """The user name on the phone's side: that of To in a REGISTER and in messages to the phone, otherwise
    that of From.
    """
    contact: str
    """``host:port`` of Contact, without scheme, user and parameters; empty: it has none."""
    user_agent: str
    authorized: bool
    """True if it carries Authorization or Proxy-Authorization."""
    call_id: str

    @property
    def result(self) -> str:
        """Return ``request``, or the status as text."""
        return str(self.status) if self.status else "request"
