"""`ringup phone`: add, list, show, change and remove phones."""

from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.arguments import MAC, PAIR, settings_option, unset_option
from ringup.cli.options import database_option, force_option, json_option
from ringup.cli.phone_changing import FIELDS, PHONE_FIELDS, PhoneChanges, change_one, change_several
from ringup.cli.phone_code import code
from ringup.cli.phone_numbers import numbers
from ringup.cli.phone_pins import pin, pins, unpin
from ringup.cli.restart_printing import restart_option, restarting
from ringup.cli.reveal import note_if, reveal_option
from ringup.cli.secret_input import read_secret, read_secrets, secret_of

if TYPE_CHECKING:
    from ringup.phone.fault import ValueFault
    from ringup.site.model import Phone, Site

SECRET_FIELDS = ("password", "secret", "pin")

NO_PHONES = 'No phones yet. Add one: ringup phone add 001646C0FFEE --extension 201 --name "Larry Ellison"'


@click.group()
def phone() -> None:
    """Add, list, show, change and remove phones.

    \b
    ringup phone add 00:16:46:c0:ff:ee --extension 201 --name "Larry Ellison"
    ringup phone list
    """


@phone.command(
    epilog="""\b
Examples:
  ringup phone add 001646C0FFEE --extension 201 --name "Larry Ellison"
  ringup phone add 0016.46c0.ffee --model 7940 --extension 201 --extension 202 --group sales
  ringup phone add 001646C0FFEE --extension 201 --set telnet_level=1"""
)
@click.argument("mac", type=MAC, shell_complete=completion.unknown_macs)
@click.option("--model", default="7960", show_default=True, help="7940 or 7960; it is on the back.")
@click.option("--extension", "extensions", multiple=True, help="A line's number; repeat for more lines.")
@click.option("--name", "names", multiple=True, help="Caller name: one for all lines, or one per line.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    callback=read_secrets,
    help="A line's password; - reads it from standard input. Default: generated.",
)
@click.option("--pin", "pins", multiple=True, callback=read_secrets, help="A line's voicemail PIN.")
@click.option("--password", callback=read_secret, help="Its menu and telnet password. Default: generated.")
@click.option("--group", shell_complete=completion.groups, help="The group whose settings it inherits.")
@click.option("--label", help="Text at the top right of its screen.")
@click.option("--address", help="The IP address it always gets.")
@click.option(
    "--protocol", type=click.Choice(["", "sip", "sccp"]), help="sip or sccp, if it differs from the site's.",
)  # fmt: skip
@click.option("--load", shell_complete=completion.loads, help="Its load, if it differs from the site's.")
@settings_option
@force_option
@dry_run_option
@yes_option
@database_option
def add(
    mac: str,
    model: str,
    extensions: tuple[str, ...],
    names: tuple[str, ...],
    secrets: tuple[str, ...],
    pins: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    force: bool,
    yes: bool,
    database: str,
    **fields: str | None,
) -> None:
    """Add the phone with this MAC, in any spelling."""
    from ringup.change.lookup import phone_of
    from ringup.change.new_phone import add_phone
    from ringup.cli.settings import marked_if, print_done

    record: dict[str, Any] = {"mac": mac, "model": model, "settings": marked_if(force, dict(settings))}
    record |= {name: value for name, value in fields.items() if value is not None}
    record["lines"] = [{"extension": extension} for extension in extensions]
    for field, values in (("name", names), ("secret", secrets), ("voicemail_pin", pins)):
        _spread(record["lines"], field, values)

    summary = " ".join(("add phone", mac, ", ".join(extensions))).rstrip()
    changed = add_phone(database, record, summary, Approval(yes))
    _print_added(phone_of(changed.site, mac), changed.revision.id)
    print_done(changed)


@phone.command("list", epilog="Example: ringup phone list --group sales")
@click.option("--group", shell_complete=completion.groups, help="Only the phones of this group.")
@json_option
@database_option
def list_(group: str | None, as_json: bool, database: str) -> None:
    """List the phones."""
    from ringup.change.lookup import no_group
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_json, print_table

    site = stored_site(database)
    if group and site.group(group) is None:
        raise no_group(group, [known.name for known in site.groups])
    phones = [phone for phone in site.phones if group in (None, phone.group)]
    if as_json:
        print_json({"phones": [_as_json(site, phone) for phone in phones]})
    elif not phones:
        click.echo(NO_PHONES if group is None else f"No phones in group {group}.")
    else:
        print_table(
            ("MAC", "model", "group", "extensions", "name", "address", "firmware"),
            [_cells(site, phone) for phone in phones],
        )


@phone.command(
    epilog="""\b
Examples:
  ringup phone show 00:16:46:c0:ff:ee --reveal
  ringup phone show 201 --timeline       each stage of its last boot, with what should have come next"""
)
@click.argument("phone_", metavar="PHONE", shell_complete=completion.phones)
@reveal_option("Show passwords and PINs.")
@click.option(
    "--timeline", "as_timeline", is_flag=True,
    help="Show the stages of its last boot: the expected next beside the actual.",
)  # fmt: skip
@json_option
@database_option
def show(phone_: str, *, reveal: bool, as_timeline: bool, as_json: bool, database: str) -> None:
    """Show one phone, with the settings that it inherits; PHONE is a MAC, an extension, a label or a name."""
    if as_timeline:
        from ringup.cli.phone_timeline import show_timeline

        show_timeline(phone_, database, as_json=as_json)
        return
    from ringup.change.lookup import phone_of
    from ringup.change.naming import mac_of
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_json

    site = stored_site(database)
    record = _as_json(site, phone_of(site, mac_of(site, phone_)))
    note_if(reveal, database, f"the passwords of phone {record['mac']}")
    if as_json:
        print_json(record, secrets=reveal)
    else:
        _print_phone(record, secrets=reveal)


@phone.command(
    "set",
    epilog="""\b
Examples:
  ringup phone set 001646C0FFEE --label "Sales 1" --group sales
  ringup phone set 001646C0FFEE --line 2 --extension 205 --name Ann
  ringup phone set 001646C0FFEE --add-line 206 --name Fax --no-voicemail
  ringup phone set 001646C0FFEE --remove-line 206
  ringup phone set 001646C0FFEE telnet_level=1 --unset preferred_codec
  ringup phone set --group lobby load=P0S3-8-12-00      all phones of the group
  ringup phone set --model 7940 group=sales             all 7940s
  ringup phone set --all telnet_level=0
  ringup phone set 201 --secret - --restart             the phone first, then Asterisk
An empty value clears a field; an empty setting clears the value that the phone has stored.""",
)
@click.argument("phone_", metavar="[PHONE]", required=False, shell_complete=completion.phones)
@click.argument(
    "pairs", metavar="[KEY=VALUE]...", type=PAIR, nargs=-1, shell_complete=completion.pairs(*PHONE_FIELDS)
)
@click.option("--all", "every", is_flag=True, help="Change every phone.")
@click.option("--model", help="7940 or 7960; without PHONE: change the phones of this model.")
@click.option(
    "--group",
    shell_complete=completion.groups,
    help="Its group, empty for none; without PHONE: change the phones of this group.",
)
@click.option("--label", help="Text at the top right of its screen.")
@click.option("--address", help="The IP address it always gets; empty for any.")
@click.option(
    "--protocol", type=click.Choice(["", "sip", "sccp"]),
    help="sip or sccp; empty for the group's or site's.",
)  # fmt: skip
@click.option(
    "--load", shell_complete=completion.loads, help="Its firmware; empty for the group's or site's."
)
@click.option(
    "--password",
    callback=read_secret,
    help="Its menu and telnet password; - reads it from standard input.",
)
@click.option("--line", type=click.IntRange(1, 6), default=1, help="The line that the next options change.")
@click.option("--extension", help="The line's number.")
@click.option("--name", help="The line's caller name.")
@click.option("--secret", callback=read_secret, help="The line's password; - reads it from standard input.")
@click.option("--pin", callback=read_secret, help="The line's voicemail PIN.")
@click.option("--auth-name", help="The line's user name for the PBX, if it is not the extension.")
@click.option("--short-name", help="The text next to the line button.")
@click.option("--display-name", help="The line's display name, which the phone sends with its calls.")
@click.option("--voicemail/--no-voicemail", default=None, help="Give the line a mailbox, or none.")
@click.option(
    "--add-line", metavar="EXTENSION", help="Add a line; --name and similar options then apply to it."
)
@click.option("--remove-line", metavar="EXTENSION", help="Remove a line.")
@unset_option
@force_option
@restart_option
@dry_run_option
@yes_option
@database_option
def set_(
    phone_: str | None,
    pairs: tuple[tuple[str, str], ...],
    line: int,
    add_line: str | None,
    remove_line: str | None,
    unset: tuple[str, ...],
    every: bool,
    force: bool,
    restart: bool,
    yes: bool,
    database: str,
    **options: str | bool | None,
) -> None:
    """Change a phone, or several; KEY is a field or any .cnf parameter.

    PHONE is a MAC, an extension, a label or a name (its beginning is enough). Without PHONE, --group and
    --model choose the phones.
    """
    from ringup.cli.phone_selection import selection_of
    from ringup.cli.settings import marked_if

    selection, first = selection_of(phone_, options, every)
    pairs = (*first, *pairs)
    pairs = tuple((key, secret_of(value, key) if key in SECRET_FIELDS else value) for key, value in pairs)
    named = (*options.items(), *pairs)
    given: dict[str, Any] = {key: value for key, value in named if key in FIELDS and value is not None}
    settings = marked_if(force, {key: value for key, value in pairs if key not in FIELDS})
    if not (pairs or given or unset or add_line or remove_line):
        raise click.UsageError('Name a change, like --label "Sales 1" or telnet_level=1.')
    changes = PhoneChanges(given, settings, unset, line, add_line, remove_line)
    approval, how = Approval(yes, can_restart=True), restarting(restart)
    if selection is None:
        change_one(database, phone_ or "", changes, approval, how)
    else:
        change_several(database, selection, changes, approval, how)


@phone.command(epilog="Example: ringup phone remove 001646C0FFEE 001646C0FFEF")
@click.argument("phones", metavar="PHONE...", nargs=-1, required=True, shell_complete=completion.phones)
@dry_run_option
@yes_option
@database_option
def remove(phones: tuple[str, ...], yes: bool, database: str) -> None:
    """Remove phones; PHONE is a MAC, an extension, a label or a name."""
    from ringup.change.lookup import plain_phone
    from ringup.change.naming import mac_of
    from ringup.change.site import change_site
    from ringup.change.stored_site import stored_site
    from ringup.cli.settings import print_changed
    from ringup.site.rows import Plain

    site = stored_site(database)
    macs = list(dict.fromkeys(mac_of(site, phone) for phone in phones))

    def drop(data: Plain) -> None:
        for record in [plain_phone(data, mac) for mac in macs]:
            data["phones"].remove(record)

    print_changed(change_site(database, drop, f"remove phone {', '.join(macs)}", Approval(yes)))


def _spread(lines: list[dict[str, str]], field: str, values: tuple[str, ...]) -> None:
    """Distribute a repeated option's values: one value for all lines, or one for each line."""
    option = {"voicemail_pin": "pin"}.get(field, field)
    if values and not lines:
        raise click.UsageError(f"--{option} needs a line: add its --extension.")
    if len(values) not in (0, 1, len(lines)):
        raise click.UsageError(
            f"--{option} is given {len(values)} times for {len(lines)} lines: give it once, or once per line."
        )
    for index, line in enumerate(lines):
        if values:
            line[field] = values[0] if len(values) == 1 else values[index]


def _as_json(site: "Site", phone: "Phone") -> dict[str, Any]:
    return {
        **phone.model_dump(mode="json"),
        "wanted_load": site.load_of(phone),
        "inherited_settings": {
            name: value for name, value in site.settings_of(phone).items() if name not in phone.settings
        },
    }


def _cells(site: "Site", phone: "Phone") -> tuple[str, ...]:
    return (
        phone.mac,
        phone.model,
        phone.group,
        ", ".join(line.extension for line in phone.lines),
        phone.lines[0].name if phone.lines else "",
        str(phone.address or ""),
        site.load_of(phone),
    )


def _print_added(phone: "Phone", revision: int) -> None:
    from ringup.site.mask import MASK

    click.echo(f"Added phone {phone.mac} ({phone.model}), revision {revision}.")
    for number, line in enumerate(phone.lines, 1):
        click.echo(f"  line {number}: {line.extension} {line.name}".rstrip() + f", password {MASK}")
    if not phone.lines:
        click.echo(f"  It has no line yet: ringup phone set {phone.mac} --add-line 201")
    click.echo(f"  The passwords: ringup phone show {phone.mac} --reveal")
    click.echo("Power it on; `ringup watch` shows it.")


def _marked(fault: "ValueFault | None") -> str:
    """Mark an imported password that phones cannot take."""
    return f" (imported; it {fault.fact.rstrip('.')}: set another)" if fault else ""


def _printable(secret: str) -> str:
    """Return an imported password without control characters, which could move the terminal's cursor."""
    return secret if secret.isprintable() else ascii(secret)


def _print_phone(record: dict[str, Any], *, secrets: bool) -> None:
    from ringup.site.mask import masked
    from ringup.site.secret_faults import fault_of_secret

    shown: dict[str, Any] = record if secrets else masked(record)
    faults = [
        fault_of_secret(record["password"]),
        *(fault_of_secret(line["secret"]) for line in record["lines"]),
    ]
    click.echo(f"{shown['mac']}  Cisco {shown['model']}")
    for name in ("label", "group", "address", "password"):
        if shown[name]:
            click.echo(
                f"  {name}: {_printable(shown[name])}{_marked(faults[0]) if name == 'password' else ''}"
            )
    click.echo(f"  firmware: {shown['wanted_load']}{'' if shown['load'] else ' (inherited)'}")
    for number, line in enumerate(shown["lines"], 1):
        click.echo(f"  line {number}: {line['extension']} {line['name']}".rstrip())
        for name in ("secret", "auth_name", "short_name", "display_name", "voicemail_pin"):
            if line[name]:
                mark = _marked(faults[number]) if name == "secret" else ""
                click.echo(f"    {name}: {_printable(line[name])}{mark}")
        click.echo(f"    voicemail: {'yes' if line['voicemail'] else 'no'}")
    for title, note in (("settings", ""), ("inherited_settings", " (inherited)")):
        for name, value in sorted(shown[title].items()):
            click.echo(f"  {name}: {value or '(empty)'}{note}")


for command in (code, numbers, pin, unpin, pins):
    phone.add_command(command)
