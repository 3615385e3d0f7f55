"""`ringup why`: find the cause that keeps one phone, or the causes that keep the phones of the site, out of
service.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from ringup.cli import completion
from ringup.cli.options import database_option, firmware_option, json_option
from ringup.cli.why_ladder import AnswerForm

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
    standard input. If you name files, only they are the evidence: neither a server nor a site is needed.

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
        form = AnswerForm(as_json, as_ladder or picture is not None, picture, fixes, yes, screen or "")
        _refuse_two_forms(form)
        click.get_current_context().exit(_answer(named, firmware, database, form))


def _refuse_two_forms(form: AnswerForm) -> None:
    if form.as_json and form.as_ladder:
        raise click.UsageError("A diagram has no JSON form. Leave out --json, or --ladder and --svg.")
    if form.screen and (form.as_json or form.as_ladder):
        raise click.UsageError("--screen adds to the text. Leave out --json, --ladder and --svg.")
    if form.fixes and (form.as_json or form.as_ladder):
        raise click.UsageError("--fix asks before it runs a cure. Leave out --json, --ladder, --svg.")


def _answer(named: Sequence[str], firmware: Path, database: str, form: AnswerForm) -> int:
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
    return FOUND if _found_fault(phone, firmware, database, form) else SOUND


def _found_fault(phone: str | None, firmware: Path, database: str, form: AnswerForm) -> bool:
    from ringup.change.stored_site import opened
    from ringup.cli.why_fleet import report_fleet
    from ringup.cli.why_phone import report_phone
    from ringup.fleet.glance import read_fleet
    from ringup.store.revisions import read_site

    with opened(database) as engine:
        site, fleet = read_site(engine), read_fleet(engine, time.time())
        if phone is None:
            return report_fleet(engine, site, fleet, firmware, as_json=form.as_json)
        return report_phone(engine, site, fleet, firmware, phone, form)


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
