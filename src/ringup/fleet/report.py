"""Make the texts of a report about one phone, and the ZIP file that holds them."""

import io
import json
import platform
import zipfile
from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from ringup import __version__
from ringup.doctor.evidence import Evidence
from ringup.doctor.record import diagnosis_record
from ringup.doctor.text import diagnosis_lines
from ringup.doctor.verdict import Diagnosis
from ringup.events import PbxConnected, to_record
from ringup.ladder.ladder import ladder
from ringup.ladder.svg import svg
from ringup.ladder.text import plain_text
from ringup.site.mask import masked
from ringup.site.scrub import scrubbed
from ringup.store.history import latest_events

MOST_LATEST = 5_000
"""Number of latest events, of all devices, that are searched for Asterisk's version."""
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The same time for every file in the archive, so that equal reports give equal archives."""


def report_texts(
    engine: Engine, evidence: Evidence, diagnosis: Diagnosis, title: str, clock: Callable[[float], str]
) -> dict[str, str]:
    """Return the texts of the report, by the names of their files."""
    drawing = ladder(title, evidence.events, diagnosis, evidence.now)
    diagnosed = [*diagnosis_lines(diagnosis, title, evidence.now, clock), ""]
    record = masked(diagnosis_record(diagnosis))
    events = [json.dumps(masked(to_record(event)), ensure_ascii=False) for event in evidence.events]
    return {
        "diagnosis.txt": "\n".join(diagnosed),
        "ladder.txt": plain_text(drawing, clock),
        "ladder.svg": svg(drawing, clock),
        "versions.txt": "\n".join([*_versions(engine, evidence), ""]),
        "diagnosis.json": json.dumps(record, indent=2, ensure_ascii=False) + "\n",
        "events.jsonl": "\n".join([*events, ""]),
    }


def _versions(engine: Engine, evidence: Evidence) -> list[str]:
    connected = [event for _, event in latest_events(engine, MOST_LATEST) if isinstance(event, PbxConnected)]
    asterisk = connected[-1].version if connected else "not connected"
    return [
        f"ringup {__version__}",
        f"Asterisk {asterisk}",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"phone: model {evidence.model or 'not known'}",
    ]


def zipped(texts: Mapping[str, str], secrets: frozenset[str]) -> bytes:
    """Return the ZIP file of these texts; the secrets are removed from the texts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), scrubbed(text, secrets), zipfile.ZIP_DEFLATED)
    return written.getvalue()
