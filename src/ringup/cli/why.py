"""`ringup why`: find the cause that keeps one phone, or the causes that keep the phones of the site, out of
service.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli import completion
from ringup.cli.options import database_option, firmware_option, json_option
from ringup.cli.why_host import asked_host
from ringup.cli.why_ladder import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from ringup.doctor.evidence import Evidence, PbxState
    from ringup.doctor.verdict import Diagnosis
    from ringup.fleet.glance import FleetAtAGlance
    from ringup.rule import Found, Unknown
    from ringup.site.model import Phone, Site

    AskHost = Callable[[Site, str], tuple[Mapping[str, Found] | Unknown, str | Unknown]]

MOST_NAMED = 4
"""Maximum number of phones that are named for one cause."""

MOST_QUOTED = 20
"""Maximum number of events per cause in the JSON of a complete fleet; `ringup why PHONE --json` has all."""

MOST_ASKED = 100
"""Maximum number of phones about whose lines Asterisk is asked when the complete fleet is diagnosed: one
question per line.
"""

GOOD_STATES = ("in_service", "on_the_way")
"""States that need no explanation."""

SOUND, FOUND = 0, 1
"""Exit statuses; 2, as for every command, if nothing could be read."""


@click.command(
    epilog="""\b
Examples:
  ringup why 201                 why this phone does not come up, and what to do
  ringup why 0016.46c0.ffee      the same by MAC, in any spelling
  ringup why                     every phone out of service, grouped by cause
  ringup why --explain register-silent
  ringup why --screen "TFTP Timeout"
  ringup why 201 --screen "TFTP Timeout"    what these words mean on this phone
  ringup why /var/log/syslog     every phone in a log or a capture
  ringup why tftp.log boot.pcap 0016.46c0.ffee
  ringup why 201 --ladder        the same as a diagram: phone, DHCP, TFTP, PBX
  ringup why boot.pcap --svg ladder.svg
  ringup why 201 --fix           run the cure, after it was shown and approved
  ringup why 201 --json | jq -r '.verdicts[0] | .code, .commands[]'
Exit status: 0 nothing is wrong, 1 a phone has a fault, 2 the state could not be read."""
)
@click.argument("named", metavar="[PHONE] [FILE]...", nargs=-1, shell_complete=completion.phones_and_files)
@click.option("--explain", metavar="CODE", help="Print the manual's section about a cause, and exit.")
@click.option("--screen", metavar="TEXT", help="Explain this text on a phone's screen.")
@click.option("--list", "list_codes", is_flag=True, help="List every cause with its code, and exit.")
@click.option(
    "--ladder", "as_ladder", is_flag=True, help="Draw the messages between one phone and its servers."
)
@click.option(
    "--svg",
    "picture",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write this diagram as SVG; - is standard output.",
)
@click.option("--fix", "fixes", is_flag=True, help="Show the cure that ringup can run, ask, and run it.")
@click.option("--yes", is_flag=True, help="With --fix: run it without asking.")
@json_option
@firmware_option
@database_option
def why(
    named: tuple[str, ...],
    *,
    explain: str | None,
    screen: str | None,
    list_codes: bool,
    as_ladder: bool,
    picture: Path | None,
    fixes: bool,
    yes: bool,
    as_json: bool,
    firmware: Path,
    database: str,
) -> None:
    """Explain why a phone does not come up: the stage, the last good step, the cause and the cure.

    PHONE is a MAC in any spelling, an extension, a label or a name. Without PHONE, every phone that is not in
    service is counted by its cause. The evidence is what `ringup serve` stored, and what Asterisk says about
    the lines of phones that do not register. Nothing is changed.

    FILE is a log of another DHCP, TFTP or SIP server, pasted text or a capture, also compressed; - is
    standard input. With files, these are the evidence, and no server and no site of ringup is needed.

    --ladder draws one phone's messages: the wrong or missing message is red, and the message that should come
    next is dotted.
    """
    if list_codes:
        _list()
    elif explain is not None:
        click.echo(_section(explain))
    elif screen is not None and not named:
        _explain_screen(screen)
    else:
        if as_json and (as_ladder or picture):
            raise click.UsageError("A diagram has no JSON form. Leave out --json, or --ladder and --svg.")
        form = Form(as_json, as_ladder or picture is not None, picture, fixes, yes, screen or "")
        if screen and (as_json or form.as_ladder):
            raise click.UsageError("--screen adds to the text. Leave out --json, --ladder and --svg.")
        if fixes and (as_json or form.as_ladder):
            raise click.UsageError("--fix asks before it runs a cure. Leave out --json, --ladder, --svg.")
        click.get_current_context().exit(_answer(named, firmware, database, form))


def _answer(named: Sequence[str], firmware: Path, database: str, form: Form) -> int:
    from ringup.cli.why_files import is_file, looks_like_a_file, print_files

    files = [each for each in named if is_file(each)]
    phones = [each for each in named if not is_file(each)]
    if missing := [each for each in phones if looks_like_a_file(each)]:
        raise click.UsageError(f"There is no file {missing[0]}.")
    if len(phones) > 1:
        raise click.UsageError(f"Name one phone, not {len(phones)}: {' '.join(phones)}")
    phone = phones[0] if phones else None
    if form.screen and files:
        raise click.UsageError("--screen goes with a phone of the site, or alone. Leave out the files.")
    if form.fixes and (files or phone is None):
        raise click.UsageError("Name the one phone of the site to cure: ringup why PHONE --fix")
    if files:
        return FOUND if print_files(files, phone or "", form) else SOUND
    if phone is None and form.as_ladder:
        raise click.UsageError("Name the phone to draw: ringup why PHONE --ladder")
    return _ask(phone, firmware, database, form)


def _ask(phone: str | None, firmware: Path, database: str, form: Form) -> int:
    from ringup.change.site import opened
    from ringup.fleet.glance import read_fleet
    from ringup.store.revisions import read_site

    with opened(database) as engine:
        site, fleet = read_site(engine), read_fleet(engine, time.time())
        if phone is None:
            return _report_fleet(engine, site, fleet, firmware, as_json=form.as_json)
        return _report_phone(engine, site, fleet, firmware, phone, form)


def _report_phone(
    engine: "Engine",
    site: "Site",
    fleet: "FleetAtAGlance",
    firmware: Path,
    named: str,
    form: Form,
) -> int:
    from ringup.change.naming import mac_of

    mac = mac_of(site, named)
    pbx = {mac: asked_pbx(site, [mac])}
    ((evidence, diagnosis),) = judged(engine, site, fleet, firmware, [mac], pbx, ask_host=asked_host)
    if diagnosis.state == "never_heard" and site.phone(mac) is None:
        raise click.ClickException(
            f"{mac} is not in the site and has sent no packets. Add it: ringup phone add {mac}"
        )
    _print_phone(evidence, diagnosis, title_of(site.phone(mac), mac), form)
    if form.fixes and diagnosis.state not in GOOD_STATES:
        from ringup.cli.why_fix import fix

        fix(diagnosis, approved=form.yes, run=partial(_run_here, engine))
    return SOUND if diagnosis.state in GOOD_STATES else FOUND


def _print_phone(evidence: "Evidence", diagnosis: "Diagnosis", title: str, form: Form) -> None:
    from ringup.cli.printing import print_json
    from ringup.doctor.record import diagnosis_record
    from ringup.doctor.text import diagnosis_lines

    clock = Clock(evidence.now)
    if form.as_ladder:
        from ringup.cli.why_ladder import show_ladder
        from ringup.ladder.ladder import ladder

        show_ladder(ladder(title, evidence.events, diagnosis, evidence.now), clock, form.picture)
    elif form.as_json:
        print_json(diagnosis_record(diagnosis))
    else:
        for line in diagnosis_lines(diagnosis, title, evidence.now, clock):
            click.echo(line)
        for line in _not_asked(evidence, diagnosis):
            click.echo(line)
        if form.screen:
            from ringup.cli.why_screen import screen_lines

            click.echo("\n".join(screen_lines(form.screen, diagnosis)))


def _not_asked(evidence: "Evidence", diagnosis: "Diagnosis") -> list[str]:
    """Return what was not looked up about a phone that does not come up, and how to look it up."""
    from ringup.doctor.text import labelled
    from ringup.rule import Unknown

    if diagnosis.state in GOOD_STATES or not isinstance(evidence.blocked, Unknown):
        return []
    command = f"sudo ringup why {evidence.mac}"
    return labelled("not asked", f"firewall and fail2ban: {evidence.blocked.why}. Run: {command}")


def judged(
    engine: "Engine",
    site: "Site",
    fleet: "FleetAtAGlance",
    firmware: Path,
    macs: Sequence[str],
    pbx_states: "Mapping[str, PbxState | Unknown]",
    *,
    ask_host: "AskHost | None" = None,
) -> "Iterator[tuple[Evidence, Diagnosis]]":
    """Yield the evidence about each of these phones, and what the doctor says about it.

    `ask_host` asks this machine about the phone's address, which takes a moment.
    """
    from ringup.doctor.diagnose import diagnose
    from ringup.firmware.folder import FirmwareFolder
    from ringup.fleet.evidence import evidence_of_many, omitted_events

    names = FirmwareFolder(firmware).sizes()
    loads = frozenset(name.removesuffix(".loads") for name in names if name.endswith(".loads"))
    omitted, now = omitted_events(engine), fleet.present.now
    found = evidence_of_many(engine, fleet, site, macs, now, loads=loads, pbx=pbx_states, omitted=omitted)
    for evidence in found:
        if ask_host is not None:
            blocked, neighbour = ask_host(site, evidence.journey.address)
            evidence = replace(evidence, blocked=blocked, neighbour=neighbour)
        yield evidence, diagnose(evidence)


def asked_pbx(site: "Site", macs: Sequence[str]) -> "PbxState | Unknown":
    """Ask Asterisk about the lines of these phones."""
    import asyncio

    from ringup.fleet.pbx_state import pbx_state

    wanted = set(macs)
    extensions = [line.extension for phone, line in site.lines() if phone.mac in wanted]
    return asyncio.run(pbx_state(site.pbx, extensions))


def title_of(phone: "Phone | None", mac: str) -> str:
    """Return the words by which people know a phone: its numbers, its name and its MAC."""
    if phone is None:
        return f"{mac}, which is not in the site"
    numbers = "/".join(line.extension for line in phone.lines)
    name = phone.label or next((line.name for line in phone.lines if line.name), "")
    return ", ".join(each for each in (numbers, name, mac) if each)


def _run_here(engine: "Engine", words: Sequence[str]) -> int:
    """Run `ringup` with these words and this database, and return its exit status."""
    from ringup.cli.main import cli

    database = engine.url.render_as_string(hide_password=False).removeprefix("sqlite:///")
    try:
        return int(cli.main([*words, "--database", database], standalone_mode=False) or 0)
    except SystemExit as end:
        return int(end.code or 0)


class Clock:
    """Shows a time of today without its date."""

    def __init__(self, now: float) -> None:
        self._today = _day(now)

    def __call__(self, at: float) -> str:
        """Return a time in the local zone."""
        from ringup.cli.printing import local_time

        return local_time(at).removeprefix(f"{self._today} ")


def _day(now: float) -> str:
    from ringup.cli.printing import local_time

    return local_time(now).partition(" ")[0]


# --- the fleet --------------------------------------------------------------------------------------------


def _report_fleet(
    engine: "Engine", site: "Site", fleet: "FleetAtAGlance", firmware: Path, *, as_json: bool
) -> int:
    from ringup.cli.printing import print_json
    from ringup.doctor.lines import WAITING
    from ringup.doctor.record import diagnosis_record
    from ringup.doctor.text import grouped

    asked = [each.mac for each in fleet.phones if each.state != "in_service"]
    numbers = _numbers(site)
    asked.sort(key=lambda mac: _order(numbers.get(mac, ""), mac))
    late = [each.mac for each in fleet.phones if each.stage in WAITING and each.state == "trouble"]
    pbx_states = dict.fromkeys(late[:MOST_ASKED], asked_pbx(site, late[:MOST_ASKED]))
    answers = judged(engine, site, fleet, firmware, asked, pbx_states)
    found = [shortened(each) for _, each in answers if each.state != "in_service"]
    wrong = [each for each in found if each.state not in GOOD_STATES]
    if as_json:
        causes = [_group(what, each) for what, each in grouped(found)]
        print_json({"causes": causes, "phones": [diagnosis_record(each) for each in found]})
    else:
        _print_fleet(site, len(fleet.phones), found, wrong)
    return FOUND if wrong else SOUND


def shortened(diagnosis: "Diagnosis") -> "Diagnosis":
    """Return the diagnosis with the last events of each cause only: a fleet has thousands of phones."""
    verdicts = (replace(each, evidence=each.evidence[-MOST_QUOTED:]) for each in diagnosis.verdicts)
    return replace(diagnosis, verdicts=tuple(verdicts))


def _order(number: str, mac: str) -> tuple[bool, int, str, str]:
    """Sort 99 before 201 before 1600, and phones without a line last."""
    return (not number, len(number), number, mac)


def _numbers(site: "Site") -> dict[str, str]:
    """Return the first extension of each phone that has one, by MAC."""
    return {phone.mac: phone.lines[0].extension for phone in site.phones if phone.lines}


def _group(what: str, diagnoses: "Sequence[Diagnosis]") -> dict[str, object]:
    verdict = diagnoses[0].verdict
    return {
        "code": verdict.code if verdict else "",
        "summary": what,
        "phones": [each.mac for each in diagnoses],
    }


def _print_fleet(
    site: "Site", count: int, found: "Sequence[Diagnosis]", wrong: "Sequence[Diagnosis]"
) -> None:
    from ringup.doctor.text import grouped

    numbers, on_the_way = _numbers(site), len(found) - len(wrong)
    in_service = count - len(found)
    for what, each in grouped(wrong):
        click.echo(f"{len(each)} phone{'s' if len(each) > 1 else ''}: {what}")
        click.echo(f"    {_names(numbers, each)}")
        for command in each[0].verdict.commands if each[0].verdict else ():
            click.echo(f"      {command}")
    click.echo(f"{in_service} of {count} phones in service, {on_the_way} on the way.")
    if wrong:
        click.echo("The whole story of one: ringup why PHONE")


def _names(numbers: Mapping[str, str], diagnoses: "Sequence[Diagnosis]") -> str:
    names = [numbers.get(each.mac) or each.mac for each in diagnoses]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


# --- the manual -------------------------------------------------------------------------------------------


def _list() -> None:
    from ringup.doctor.rules.table import MODULES

    for module in MODULES:
        click.echo(f"{module.TITLE}:")
        for rule in module.RULES:
            click.echo(f"  {rule.code}")


def _explain_screen(text: str) -> None:
    from ringup.cli.why_screen import explained

    click.echo("\n".join(explained(text)))


def _section(code: str) -> str:
    from ringup.cli.causes_page import section
    from ringup.doctor.rules.table import RULES

    if code not in RULES:
        raise click.UsageError(f"There is no cause {code}. List them: ringup why --list")
    return section(code)
