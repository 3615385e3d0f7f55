"""Why: read a log or a capture of any server, and say why its phones do not come up; nothing is kept."""

import io
import time
from datetime import UTC
from typing import Any

from ringup.doctor.foreign import phone_reports
from ringup.doctor.record import diagnosis_record
from ringup.evidence.read import read
from ringup.evidence.source import InputFile
from ringup.site.mask import masked
from ringup.web.answers import Answer, WebPage
from ringup.web.ask import Ask

MOST_REPORTS = 100
"""Maximum number of phones that the page shows."""


def form(_ask: Ask) -> Answer:
    """Show the form for the file."""
    return WebPage("why.html", "Why does it not come up?", {}, {"reports": None, "files": [], "problem": ""})


def send(ask: Ask) -> Answer:
    """Read the file in memory, and show a diagnosis for each phone in it."""
    sent = ask.uploads.get("file")
    if sent is None or not sent.content:
        problem = "No file was chosen."
        shown: dict[str, Any] = {"reports": None, "files": [], "problem": problem}
        return WebPage("why.html", "Why does it not come up?", {"problem": problem}, shown, 422)
    zone = ask.web.zone or UTC
    reading = read([InputFile(sent.name, io.BytesIO(sent.content), time.time())], zone)
    found = list(phone_reports(reading, reading.phones[:MOST_REPORTS]))
    phones = [{"key": each.key, "attempts": each.attempts, **masked(diagnosis_record(each.diagnosis))}
              for each in found]  # fmt: skip
    files = [{"name": each.name, "lines": each.lines, "forms": dict(each.forms), "unread": each.unread,
              "problem": each.problem} for each in reading.files]  # fmt: skip
    data = {"phones": phones, "files": files, "others": list(reading.others)[:50]}
    return WebPage("why.html", sent.name, data, {"reports": found, "files": files, "problem": ""})
