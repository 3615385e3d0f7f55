"""The questions about firmware and phones: the package, a range for unknown phones, and the first phone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ringup.change.onboarding import DEFAULT_MODEL
from ringup.first_run.here import Here
from ringup.first_run.question import Answers, Question
from ringup.first_run.record_check import checked_record
from ringup.phone.models import MODELS
from ringup.site.auto_record import extensions_in, refuse_faulty_auto
from ringup.site.model import Line, Site
from ringup.site.record_faults import FaultyRecord
from ringup.wire.mac import parse as parse_mac

FIRST_EXTENSION = 201
"""The extension of the first phone if nothing else is known; the documentation uses it too."""
UNUSED = "unused"
"""Stands for the secret of a line while only its other fields are checked."""
AUTO_HOURS = 24
"""Hours in which unknown phones get extensions by default: a day to unpack and plug in."""


def _package(here: Here, _answers: Answers) -> str:
    """Return the newest package in the present folder, if the firmware folder lacks the site's load."""
    return "" if here.has_load or not here.packages else here.packages[0].path


def _checked_package(text: str, here: Here, _answers: Answers) -> str:
    if text and not here.exists(text):
        raise FaultyRecord(f"{text} does not exist.", "Name a zip or a folder.")
    return text


def _range(here: Here, _answers: Answers) -> str:
    return here.site.auto_extensions


def _checked_range(text: str, _here: Here, _answers: Answers) -> str:
    extensions_in(text)
    return text


def _end(here: Here, answers: Answers) -> str:
    """Return the site's end for the same range; otherwise this hour of tomorrow."""
    if not answers["auto"]:
        return here.site.auto_until
    if answers["auto"] == here.site.auto_extensions and here.site.auto_until:
        return here.site.auto_until
    end = datetime.fromtimestamp(here.now, ZoneInfo(answers["time_zone"])) + timedelta(hours=AUTO_HOURS)
    return end.strftime("%Y-%m-%dT%H:%M")


def _checked_end(text: str, _here: Here, answers: Answers) -> str:
    if answers["auto"]:
        refuse_faulty_auto(answers["auto"], text, answers["time_zone"])
    return text


def _phone(here: Here, _answers: Answers) -> str:
    """Return the MAC of the only phone that waits for a record, if the site has no phone yet."""
    return here.unknown[0].mac if len(here.unknown) == 1 and not here.site.phones else ""


def _checked_mac(text: str, _here: Here, _answers: Answers) -> str:
    try:
        return parse_mac(text) if text else ""
    except ValueError as error:
        raise FaultyRecord(str(error), "It is on the sticker on the back of the phone.") from error


def _has_phone(_here: Here, answers: Answers) -> bool:
    return bool(answers["phone"])


def _extension(here: Here, answers: Answers) -> str:
    """Return the phone's first extension; for a new phone, the lowest free one of the range or from 201."""
    if not answers["phone"]:
        return ""
    if (known := here.site.phone(answers["phone"])) and known.lines:
        return known.lines[0].extension
    return free_number(here.site, answers["auto"])


def _checked_extension(text: str, here: Here, answers: Answers) -> str:
    if not answers["phone"]:
        return text
    for phone, line in here.site.lines():
        if line.extension == text and phone.mac != answers["phone"]:
            cure = f"Take another, like {free_number(here.site, answers['auto'])}."
            raise FaultyRecord(f"{text} is the extension of phone {phone.mac}.", cure)
    return checked_record(Line, {"extension": text, "secret": UNUSED}).extension


def _checked_name(text: str, _here: Here, _answers: Answers) -> str:
    return checked_record(Line, {"extension": "1", "name": text, "secret": UNUSED}).name


def free_number(site: Site, extensions: str = "") -> str:
    """Return the lowest extension of a range, or else from 201, that no line of the site has."""
    taken = {line.extension for _, line in site.lines()} | {site.pbx.messages}
    others = map(str, range(FIRST_EXTENSION, FIRST_EXTENSION + len(taken) + 1))
    return next(each for each in (*extensions_in(extensions), *others) if each not in taken)


def _name(here: Here, answers: Answers) -> str:
    known = here.site.phone(answers["phone"])
    return known.lines[0].name if known and known.lines else ""


def _model(here: Here, answers: Answers) -> str:
    known = here.site.phone(answers["phone"])
    heard = [each.model for each in here.unknown if each.mac == answers["phone"] and each.model]
    return known.model if known else next(iter(heard), DEFAULT_MODEL)


def _checked_model(text: str, _here: Here, _answers: Answers) -> str:
    if text not in MODELS:
        raise FaultyRecord(f"{text!r} is not a model that ringup configures.", "Write 7940 or 7960.")
    return text


QUESTIONS = (
    Question("package", "Firmware: Cisco's zip, or its folder", _package, _checked_package),
    Question(
        "auto", "Extensions for unknown phones, like 301-320", _range, _checked_range
    ),
    Question(
        "auto_until", "Until when unknown phones get them", _end, _checked_end,
        lambda _here, answers: bool(answers["auto"]),
    ),
    Question("phone", "MAC of the first phone", _phone, _checked_mac),
    Question("model", "Its model", _model, _checked_model, _has_phone),
    Question("extension", "Its extension", _extension, _checked_extension, _has_phone),
    Question("name", "Its caller name", _name, _checked_name, _has_phone),
)  # fmt: skip
