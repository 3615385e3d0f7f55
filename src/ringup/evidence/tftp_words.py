"""Make observations from a TFTP server's log line about a request, in the same form for every server."""

from ringup.events import FileNotFound, FileRefused, FileRequested, FileSent, TftpIgnored, TransferFailed
from ringup.evidence.observation import Context, Observation, Observations, Requested, file_name

NOT_LOGGED = -1
"""The size of a file whose size is not logged."""
NOT_FOUND = "1"
"""TFTP's error for a file that does not exist (RFC 1350, appendix)."""

_LOOKED_FOR = ", the server looked for "


def not_found_as(reason: str, name: str) -> str:
    """Return the reason of a request whose name the server rewrote before it looked for the file."""
    return f"{reason}{_LOOKED_FOR}{name.strip()}"


def looked_for(reason: str) -> str:
    """Return the name that the server looked for instead; empty: the reason names none."""
    return reason.partition(_LOOKED_FOR)[2]


def requested(context: Context, address: str, name: str, *, port: str = "", thread: str = "") -> Observations:
    """Return a read request, and remember it for the lines about its outcome."""
    name = context.request(address, name, thread)
    return [Observation(FileRequested(context.at, "", name, address, int(port or 0) & 0xFFFF))]


def not_found(context: Context, address: str, name: str, reason: str = "") -> Observations:
    """Return the server's report that the file does not exist."""
    return [Observation(FileNotFound(context.at, "", file_name(name), address, reason))] if name else []


def refused(context: Context, address: str, name: str, reason: str) -> Observations:
    """Return the server's refusal to send the file."""
    return [Observation(FileRefused(context.at, "", file_name(name), address, reason))] if name else []


def failed(context: Context, address: str, name: str, reason: str, acknowledged: int = 0) -> Observations:
    """Return the failure of a transfer after that many bytes; 0: the log does not contain the number."""
    if not name:
        return []
    return [Observation(TransferFailed(context.at, "", file_name(name), address, acknowledged, 0, reason))]


def sent(context: Context, request: Requested, size: int = NOT_LOGGED) -> Observations:
    """Return a complete transfer: the server received the ACK of the last block."""
    seconds = max(context.at - request.at, 0.0)
    return [Observation(FileSent(context.at, "", request.name, request.address, size, seconds))]


def ignored(context: Context, address: str, reason: str) -> Observations:
    """Return an unanswered request whose file the server does not name."""
    return [Observation(TftpIgnored(context.at, "", address, reason))]


def request_of(context: Context, key: str) -> Requested:
    """Return the last request of an address, or of a server's thread; if there is none, a request without a
    name.
    """
    return context.requested.get(key) or Requested(context.at, "", key)


def error(context: Context, address: str, code: str, reason: str) -> Observations:
    """Return an error that the server sent to an address, for the file that this address requested last."""
    name = request_of(context, address).name
    outcome = not_found if code == NOT_FOUND else refused
    return outcome(context, address, name, reason)
