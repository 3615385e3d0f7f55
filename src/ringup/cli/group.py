"""`ringup group`: add, list, show, change and remove groups."""

from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.arguments import PAIR, settings_option, unset_option
from ringup.cli.options import database_option, force_option, json_option

if TYPE_CHECKING:
    from ringup.site.model import Group, Site


FIELDS = ("protocol", "load", "services", "language")
"""The fields of a group that a command can change."""


@click.group()
def group() -> None:
    """Add, list, show, change and remove groups, whose settings their phones inherit.

    \b
    ringup group add sales --set preferred_codec=g711alaw
    ringup phone set 001646C0FFEE --group sales
    """


@group.command(epilog="Example: ringup group add sales --set preferred_codec=g711alaw")
@click.argument("name")
@click.option(
    "--protocol", type=click.Choice(["", "sip", "sccp"]),
    help="Protocol of the group's phones; empty: the site's.",
)  # fmt: skip
@click.option(
    "--load", shell_complete=completion.loads, help="The group's load, if it differs from the site's."
)
@settings_option
@force_option
@dry_run_option
@yes_option
@database_option
def add(
    name: str,
    protocol: str | None,
    load: str | None,
    settings: tuple[tuple[str, str], ...],
    force: bool,
    yes: bool,
    database: str,
) -> None:
    """Add a group."""
    from ringup.change.site import change_site
    from ringup.cli.settings import marked_if
    from ringup.errors import Problem, SiteErrors
    from ringup.site.rows import Plain

    def append(data: Plain) -> None:
        if any(known["name"] == name for known in data["groups"]):
            cure = f"Change it: `ringup group set {name}`."
            raise SiteErrors([Problem(f"group {name}", "is in the site already.", cure)])
        own = {"protocol": protocol or "", "load": load or ""}
        record = {"name": name, **own, "settings": marked_if(force, dict(settings))}
        data["groups"].append(record)

    changed = change_site(database, append, f"add group {name}", Approval(yes))
    click.echo(f"Added group {name}, revision {changed.revision.id}.")
    click.echo(f"Put a phone in it: ringup phone set MAC --group {name}")


@group.command("list", epilog="Example: ringup group list --json")
@json_option
@database_option
def list_(as_json: bool, database: str) -> None:
    """List the groups."""
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_json, print_table

    site = stored_site(database)
    if as_json:
        print_json({"groups": [_as_json(site, group) for group in site.groups]})
    elif not site.groups:
        click.echo("No groups yet. Add one: ringup group add sales")
    else:
        print_table(
            ("group", "phones", "firmware", "settings"),
            [
                (group.name, str(len(_members(site, group.name))), group.load, _settings(group))
                for group in site.groups
            ],
        )


@group.command(epilog="Example: ringup group show sales")
@click.argument("name", shell_complete=completion.groups)
@json_option
@database_option
def show(name: str, as_json: bool, database: str) -> None:
    """Show one group and its phones."""
    from ringup.change.lookup import no_group
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_json

    site = stored_site(database)
    group = site.group(name)
    if group is None:
        raise no_group(name, [group.name for group in site.groups])
    if as_json:
        print_json(_as_json(site, group))
        return
    click.echo(f"group {group.name}")
    if group.load:
        click.echo(f"  firmware: {group.load}")
    for key, value in sorted(group.settings.items()):
        click.echo(f"  {key}: {value or '(empty)'}")
    click.echo(f"  phones: {', '.join(_members(site, name)) or 'none'}")


@group.command("set", epilog="Example: ringup group set sales preferred_codec=g711ulaw --unset telnet_level")
@click.argument("name", shell_complete=completion.groups)
@click.argument(
    "pairs", metavar="[KEY=VALUE]...", type=PAIR, nargs=-1, shell_complete=completion.pairs(*FIELDS)
)
@click.option(
    "--protocol", type=click.Choice(["", "sip", "sccp"]),
    help="Protocol of the group's phones; empty: the site's.",
)  # fmt: skip
@click.option("--load", shell_complete=completion.loads, help="The group's load; empty: the site's.")
@unset_option
@force_option
@dry_run_option
@yes_option
@database_option
def set_(
    name: str,
    pairs: tuple[tuple[str, str], ...],
    protocol: str | None,
    load: str | None,
    unset: tuple[str, ...],
    force: bool,
    yes: bool,
    database: str,
) -> None:
    """Change a group; KEY is protocol, load, services, language or any .cnf parameter."""
    from ringup.change.site import change_site
    from ringup.cli.settings import change_settings, check_keys, marked_if, print_changed
    from ringup.site.rows import Plain

    settings = dict(pairs)
    given = {"protocol": protocol, "load": load, "services": None, "language": None}
    wanted = {key: settings.pop(key, given[key]) for key in FIELDS}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    if not (wanted or settings or unset):
        raise click.UsageError("Name a setting to change, like preferred_codec=g711alaw.")
    settings = marked_if(force, settings)
    check_keys(settings, FIELDS, f"group {name}")

    def alter(data: Plain) -> None:
        record = _plain_group(data, name)
        record |= wanted
        change_settings(record, settings, unset, f"group {name}")

    words = [*wanted, *settings, *unset]
    print_changed(change_site(database, alter, f"change group {name}: {', '.join(words)}", Approval(yes)))


@group.command(epilog="Example: ringup group remove sales")
@click.argument("name", shell_complete=completion.groups)
@dry_run_option
@yes_option
@database_option
def remove(name: str, yes: bool, database: str) -> None:
    """Remove a group that has no phones."""
    from ringup.change.site import change_site
    from ringup.cli.settings import print_changed
    from ringup.errors import Problem, SiteErrors
    from ringup.site.rows import Plain

    def drop(data: Plain) -> None:
        data["groups"].remove(_plain_group(data, name))
        members = [phone["mac"] for phone in data["phones"] if phone.get("group") == name]
        if members:
            what = f"has {len(members)} phone{'s' if len(members) > 1 else ''}: {', '.join(members[:10])}."
            cure = f'Move them first: `ringup phone set {members[0]} --group ""`.'
            raise SiteErrors([Problem(f"group {name}", what, cure)])

    print_changed(change_site(database, drop, f"remove group {name}", Approval(yes)))


def _plain_group(data: dict[str, Any], name: str) -> dict[str, Any]:
    from ringup.change.lookup import no_group

    for record in data["groups"]:
        if record["name"] == name:
            found: dict[str, Any] = record
            return found
    raise no_group(name, [record["name"] for record in data["groups"]])


def _members(site: "Site", name: str) -> list[str]:
    return [phone.mac for phone in site.phones if phone.group == name]


def _settings(group: "Group") -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(group.settings.items()))


def _as_json(site: "Site", group: "Group") -> dict[str, Any]:
    return {**group.model_dump(mode="json"), "phones": _members(site, group.name)}
