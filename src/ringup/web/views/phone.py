"""One phone: why it does not come up, what it did, its files, and what can be done with it."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ringup.change.onboarding import claim as bind
from ringup.change.onboarding import unknown_phone
from ringup.change.site import refuse_unsafe
from ringup.doctor.cures import RUNNABLE, Cure, begins_with, cures
from ringup.doctor.record import diagnosis_record
from ringup.doctor.verdict import Diagnosis
from ringup.events import Event
from ringup.files.of_phone import phone_files
from ringup.fleet.judging import title_of
from ringup.fleet.record import row_record
from ringup.fleet.report import report_texts, zipped
from ringup.fleet.rows import FleetRow
from ringup.fleet.unknown import read_unknown
from ringup.journey.describe import describe
from ringup.journey.timeline import timeline
from ringup.ladder.ladder import ladder
from ringup.ladder.svg import svg
from ringup.phone.models import MODELS
from ringup.render.masked import masked
from ringup.site.mask import masked as masked_record
from ringup.site.model import Site
from ringup.site.rows import Plain
from ringup.site.scrub import secrets_of
from ringup.store.revisions import read_site
from ringup.web.answers import Answer, Download, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.changing import author_of, done_text, propose
from ringup.web.curing import shown_plan, start_cure
from ringup.web.diagnosing import diagnosed
from ringup.web.fetched import fetches, since_fetched
from ringup.web.restarting import start_restart, start_resync
from ringup.web.screen import screen_png

MOST_SHOWN_EVENTS = 100
"""Number of the phone's last events on its page."""
SERVER_UNKNOWN = "127.0.0.1"
"""The server's address in rendered files if the site does not set one."""
MOST_TEXT_BYTES = 200_000
"""Largest file that the page shows as text."""


class CureButton(NamedTuple):
    """One command of a cure, and how the page carries it out."""

    command: str
    obstacle: str
    """Why ringup does not run it; empty: it does."""
    link: str
    """The page that does the same; empty: there is none."""


class CurePlan(NamedTuple):
    """One command of a cure, and what it would change."""

    command: str
    plan: str
    """The command's own plan; empty: it has none."""


_LINKS = {
    "ringup firmware add": "/firmware",
    "ringup phone add": "/phones/add?mac={mac}",
    "ringup claim": "#claim",
}
"""Pages that do the same as commands which need a value."""


def phone(ask: Ask) -> Answer:
    """Show one phone."""
    mac = ask.values["mac"]
    row = ask.web.follower.latest.by_mac.get(mac)
    if row is None:
        return _nobody(mac)
    site = read_site(ask.web.engine)
    evidence, diagnosis = diagnosed(ask.web, mac, site=site)
    steps = timeline(sorted(evidence.events, key=lambda event: event.at), mac, time.time())
    record = diagnosis_record(diagnosis)
    data = {"phone": masked_record(row_record(row)), "diagnosis": masked_record(record)}
    events = list(evidence.events)[-MOST_SHOWN_EVENTS:]
    shown = {
        "row": row, "verdicts": diagnosis.verdicts, "summary": diagnosis.summary, "found": diagnosis,
        "cures": _buttons(diagnosis, mac), "can_cure": _can_cure(diagnosis),
        "steps": steps, "events": _described(events),
        "describe": describe, "buttons": _line_buttons(row), "files": _files(ask, site, mac),
        "fetches": fetches(ask.web, mac), "protocol": site.protocol_of(row.phone) if row.phone else "",
        "waiting": _waiting(ask, site),
    }  # fmt: skip
    return WebPage("phone.html", f"{' '.join((*row.extensions[:1], row.name))}", data, shown)


def ladder_picture(ask: Ask) -> Answer:
    """Return the diagram of the messages between the phone and its servers."""
    mac = ask.values["mac"]
    if mac not in ask.web.follower.latest.by_mac:
        return _nobody(mac)
    site = read_site(ask.web.engine)
    evidence, diagnosis = diagnosed(ask.web, mac, site=site)
    drawing = ladder(title_of(site.phone(mac), mac), evidence.events, diagnosis, evidence.now)
    return Download(f"{mac}.svg", svg(drawing, _clock(ask)).encode(), "image/svg+xml", is_shown=True)


def screen_picture(ask: Ask) -> Answer:
    """Return a drawing of the phone's screen, as far as events tell it."""
    row = ask.web.follower.latest.by_mac.get(ask.values["mac"])
    png = screen_png(row) if row else None
    if png is None:
        return WebRefusal(404, "There is no drawing: the phone is unknown, or the package pillow is missing.")
    return Download("screen.png", png, "image/png", is_shown=True)


def file(ask: Ask) -> Answer:
    """Show one of the phone's files with masked secrets."""
    mac, name = ask.values["mac"], ask.values["name"]
    site = read_site(ask.web.engine)
    data = _all_files(ask, site, mac).get(name)
    if data is None:
        return WebRefusal(404, f"The phone gets no file {name}.")
    if len(data) > MOST_TEXT_BYTES or b"\0" in data:
        return WebRefusal(404, f"{name} is not text: it has {len(data):,} bytes.")
    text = masked(data.decode("latin-1"))
    server = str(site.server_address or SERVER_UNKNOWN)
    since = since_fetched(ask.web, mac, name, data, server)
    facts = {"name": name, "size": len(data), "text": text, "since": since._asdict() if since else None}
    return WebPage("phone_file.html", name, facts, {"mac": mac, "fetched": since})


def report(ask: Ask) -> Answer:
    """Return the report about the phone as one file; secrets are masked."""
    mac = ask.values["mac"]
    if mac not in ask.web.follower.latest.by_mac:
        return _nobody(mac)
    site = read_site(ask.web.engine)
    evidence, diagnosis = diagnosed(ask.web, mac, site=site)
    texts = report_texts(ask.web.engine, evidence, diagnosis, title_of(site.phone(mac), mac), _clock(ask))
    own = {
        f"files/{name}": masked(data.decode("latin-1"))
        for name, data in _all_files(ask, site, mac).items()
        if len(data) <= MOST_TEXT_BYTES
    }
    content = zipped({**texts, **own}, secrets_of(site))
    return Download(f"ringup-report-{mac}.zip", content, "application/zip")


def restart(ask: Ask) -> Answer:
    """Restart the phone; the job's page shows the progress."""
    job = start_restart(ask, {ask.values["mac"]}, also_in_call=bool(ask.field("now")))
    return See(f"/jobs/{job.number}")


def resync(ask: Ask) -> Answer:
    """Let the phone read its dial plan again, without a restart."""
    return See(f"/jobs/{start_resync(ask, ask.values['mac']).number}")


def convert(ask: Ask) -> Answer:
    """Give the phone the firmware of the other protocol."""
    mac, protocol = ask.values["mac"], ask.field("protocol")

    def alter(data: Plain) -> None:
        for each in data["phones"]:
            if each["mac"] == mac:
                each["protocol"] = protocol
                each.pop("load", None)

    summary = f"convert phone {mac} to {protocol.upper()}"
    return propose(ask, alter, summary, then=f"/phones/{mac}", title=f"Convert to {protocol.upper()}")


def remove(ask: Ask) -> Answer:
    """Remove the phone from the site."""
    mac = ask.values["mac"]

    def alter(data: Plain) -> None:
        data["phones"] = [each for each in data["phones"] if each["mac"] != mac]

    return propose(ask, alter, f"remove phone {mac}", then="/", title=f"Remove phone {mac}")


def claim(ask: Ask) -> Answer:
    """Bind an unknown phone to a record that waits for it, or to a new extension."""
    mac, now = ask.values["mac"], time.time()
    onboard = read_unknown(ask.web.engine, now)
    found = unknown_phone(onboard, mac, now)
    wanted, name = ask.field("wanted").strip(), ask.field("name").strip()
    with author_of(ask):
        made = bind(ask.web.database, found, onboard, wanted, name, refuse_unsafe, now)
    ask.web.follower.look_now()
    return See(f"/phones/{mac}", done_text(made, f"The phone is {wanted} now."))


def cure(ask: Ask) -> Answer:
    """Show the cure's commands with their plans; run them once they were shown."""
    mac = ask.values["mac"]
    diagnosis = diagnosed(ask.web, mac)[1]
    found = next((each for each in diagnosis.verdicts if each.code == ask.field("code")), None)
    if found is None:
        return WebRefusal(409, "The cause is no longer there.", cure="Look at the phone's page again.")
    runnable = [each for each in cures(found.commands) if not each.obstacle]
    if not runnable:
        return WebRefusal(409, "ringup cannot run this cure.", cure=found.cure)
    commands = [each.command for each in runnable]
    if ask.field("approved").splitlines() != commands:
        plans = [CurePlan(each.command, shown_plan(ask, each)) for each in runnable]
        data = {"code": found.code, "cure": found.cure, "commands": commands, "plans": plans}
        return WebPage("cure.html", f"Cure: {found.what}", data, {"mac": mac})
    job = start_cure(ask, found.what, runnable)
    return See(f"/jobs/{job.number}")


def _buttons(diagnosis: Diagnosis, mac: str) -> dict[str, list[CureButton]]:
    return {each.code: [_button(cure, mac) for cure in cures(each.commands)] for each in diagnosis.verdicts}


def _can_cure(diagnosis: Diagnosis) -> set[str]:
    """Return the codes of the causes of which ringup runs a command that changes something."""
    return {
        each.code for each in diagnosis.verdicts for cure in cures(each.commands)
        if not cure.obstacle and begins_with(cure.words, RUNNABLE)
    }  # fmt: skip


def _button(cure: Cure, mac: str) -> CureButton:
    link = next((link for start, link in _LINKS.items() if cure.command.startswith(start)), "")
    return CureButton(cure.command, cure.obstacle, link.format(mac=mac))


class LineButton(NamedTuple):
    """One line button of the phone."""

    number: int
    text: str
    state: str
    """``registered``, ``not registered``, ``in a call``, ``speed dial`` or ``free``."""


def _line_buttons(row: FleetRow) -> list[LineButton]:
    """Return the line buttons from the top, as on the device."""
    if row.phone is None:
        return []
    model = MODELS.get(row.phone.model)
    dials = [LineButton(0, each.name or each.number, "speed dial") for each in row.phone.speed_dials]
    total = max(model.lines if model else 6, len(row.phone.lines) + len(dials))
    found = []
    for number in range(total):
        line = row.phone.lines[number] if number < len(row.phone.lines) else None
        if line is None:
            button = dials.pop(0) if dials else LineButton(0, "", "free")
            found.append(button._replace(number=number + 1))
            continue
        talks = any(call.extension == line.extension for call in row.journey.in_call)
        is_there = line.extension in row.journey.registered
        state = "in a call" if talks else "registered" if is_there else "not registered"
        found.append(LineButton(number + 1, line.short_name or line.extension, state))
    return found


def _described(events: Sequence[Event]) -> list[dict[str, Any]]:
    return [
        {"at": event.at, "kind": type(event).__name__, "text": describe(event)} for event in reversed(events)
    ]


def _files(ask: Ask, site: Site, mac: str) -> list[dict[str, Any]]:
    """Return the phone's files with their sizes, and whether the page can show them."""
    return [
        {"name": name, "size": len(data), "is_text": len(data) <= MOST_TEXT_BYTES and b"\0" not in data}
        for name, data in _all_files(ask, site, mac).items()
    ]


def _all_files(ask: Ask, site: Site, mac: str) -> dict[str, bytes]:
    if site.phone(mac) is None:
        return {}
    return phone_files(site, mac, str(site.server_address or SERVER_UNKNOWN), ask.web.options.firmware)


def _waiting(ask: Ask, site: Site) -> list[str]:
    """Return the extensions of records of whose phones nothing was heard."""
    rows = ask.web.follower.latest.rows
    return [row.extensions[0] for row in rows if row.state == "waiting" and row.extensions]


def _clock(ask: Ask) -> Any:
    zone = ask.web.zone
    return lambda at: datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def _nobody(mac: str) -> WebRefusal:
    cure = "Plug it in, or add it to the site."
    return WebRefusal(404, f"Phone {mac} is not in the site, and has sent nothing.", cure=cure)
