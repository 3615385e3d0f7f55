"""Turn a TFTP server's log line about a request into observations, which are the same for every server."""

from ringup.events import FileNotFound, FileRefused, FileRequested, FileSent, TftpIgnored, TransferFailed
from ringup.evidence.observation import Context, Observation, Observations, Requested, file_name

NOT_LOGGED = -1
"""Takes the place of a file's size that the log does not contain."""
NOT_FOUND = "1"
"""TFTP's error code for a file that does not exist (RFC 1350, appendix)."""

_LOOKED_FOR = ", the server looked for "


def not_found_as(reason: str, name: str) -> str:
    """Return the reason for a missing file whose requested name the server had rewritten before it looked for
    it.
    """
    return f"{reason}{_LOOKED_FOR}{name.strip()}"


def looked_for(reason: str) -> str:
    """Return the rewritten name in such a reason, for which the server looked; empty if the reason has
    none.
    """
    return reason.partition(_LOOKED_FOR)[2]


def requested(context: Context, address: str, name: str, *, port: str = "", thread: str = "") -> Observations:
    """Return a read request, and remember it for the lines about its outcome."""
    name = context.request(address, name, thread)
    return [Observation(FileRequested(context.at, "", name, address, int(port or 0) & 0xFFFF))]


def not_found(context: Context, address: str, name: str, reason: str = "") -> Observations:
    """Return that the server did not find the file."""
    return [Observation(FileNotFound(context.at, "", file_name(name), address, reason))] if name else []


def refused(context: Context, address: str, name: str, reason: str) -> Observations:
    """Return that the server refused to send the file."""
    return [Observation(FileRefused(context.at, "", file_name(name), address, reason))] if name else []


def failed(context: Context, address: str, name: str, reason: str, acknowledged: int = 0) -> Observations:
    """Return that a transfer failed after this many bytes; 0: the log does not contain the number."""
    if not name:
        return []
    return [Observation(TransferFailed(context.at, "", file_name(name), address, acknowledged, 0, reason))]


def sent(context: Context, request: Requested, size: int = NOT_LOGGED) -> Observations:
    """Return that a transfer is complete: the server received the ACK of the last block."""
    seconds = max(context.at - request.at, 0.0)
    return [Observation(FileSent(context.at, "", request.name, request.address, size, seconds))]


def ignored(context: Context, address: str, reason: str) -> Observations:
    """Return a request that got no answer, and for which the server logs no file name."""
    return [Observation(TftpIgnored(context.at, "", address, reason))]


def request_of(context: Context, key: str) -> Requested:
    """Return the last request of an address, or of a server's thread; if there is none, a request without a
    file name.
    """
    return context.requested.get(key) or Requested(context.at, "", key)


def error(context: Context, address: str, code: str, reason: str) -> Observations:
    """Return an error that the server sent to an address, for the file that this address requested last."""
    name = request_of(context, address).name
    outcome = not_found if code == NOT_FOUND else refused
    return outcome(context, address, name, reason)
