"""Read the lines that a phone writes about its files, on its console or to a syslog server.

``TFTP: [14]:Requesting SEP….cnf.xml from 10.0.0.1``: the address is the server's, and the number in brackets
links a request to its outcome. The lines belong to the phone whose MAC was in the last file name. The
patterns come from public threads about later models. The phone itself reports what it received, so "Finished"
counts as proof.
"""

import re

from ringup.events import FileNotFound, FileRefused, FileRequested, FileSent, TransferFailed
from ringup.evidence.observation import Context, Observation, Observations, Requested, file_name, remember
from ringup.evidence.rows import nothing, reader_of, row
from ringup.evidence.tftp_words import NOT_LOGGED
from ringup.wire.file_names import owner_of

_PHONE, _REQUEST = "console phone", "console request"


def _requesting(found: re.Match[str], context: Context) -> Observations:
    number, name = found.groups()
    name = file_name(name)
    if owner := owner_of(name):
        context.kept[_PHONE] = owner
    remember(context.kept, (_REQUEST, number), Requested(context.at, name, ""))
    return [Observation(FileRequested(context.at, context.kept.get(_PHONE, ""), name, "", 0))]


def _outcome(found: re.Match[str], context: Context) -> Observations:
    number, words = found.groups()
    request = context.kept.get((_REQUEST, number))
    if request is None:
        return []
    common = (context.at, context.kept.get(_PHONE, ""), request.name, "")
    lower = words.lower()
    if "not found" in lower or "no such" in lower:
        return [Observation(FileNotFound(*common, words.strip()))]
    if "finished" in lower or "rcvd" in lower or "complete" in lower:
        size = re.search(r"(\d+) ?bytes", lower)
        taken = max(context.at - request.at, 0.0)
        return [Observation(FileSent(*common, int(size[1]) if size else NOT_LOGGED, taken))]
    if "denied" in lower or "access" in lower:
        return [Observation(FileRefused(*common, words.strip()))]
    if "error" in lower or "time" in lower or "fail" in lower or "abort" in lower:
        return [Observation(TransferFailed(*common, 0, 0, words.strip()))]
    return []


read = reader_of(
    (
        row(r"\bTFTP: ?\[(\d+)\]: ?Requesting (\S+) from ", _requesting),
        row(r"\bTFTP: ?\[(\d+)\]: ?(.+)$", _outcome),
        row(r"\btftpClient: ", nothing),
    )
)
"""Read a line of a phone's console."""
