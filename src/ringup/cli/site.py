"""`ringup site`: show and change the settings that all phones share."""

from typing import Any

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.arguments import PAIR
from ringup.cli.options import database_option, force_option, json_option
from ringup.cli.reveal import note_if, reveal_option
from ringup.cli.secret_input import secret_of
from ringup.site.network_text import NETWORK_FORM

_MANY_VALUES = {
    "pbx": "Set one of its fields, like pbx.address=192.168.1.10.",
    "other_loads": "Set one load by its number, like other_loads.30018=SIP41.8-5-4S.",
    "subnets": f"Set one network, like {NETWORK_FORM}.",
    "groups": "Use `ringup group`.",
    "phones": "Use `ringup phone`.",
    "dial_rules": "Write them with `ringup export` and `ringup apply`.",
    "rings": "Use `ringup ring`.",
    "directory": "Use `ringup directory`.",
}
"""Fields of the site that KEY=VALUE cannot set, and the command that can."""

_SECRET_FIELDS = ("pbx.manager_secret", "pbx.realtime_password")


@click.group()
def site() -> None:
    """Show and change what all phones share: time zone, firmware, network, PBX, settings.

    \b
    ringup site show
    ringup site set time_zone=Europe/London pbx.address=192.168.1.10
    """


@site.command(epilog="Example: ringup site show --reveal")
@reveal_option("Show passwords.")
@json_option
@database_option
def show(reveal: bool, as_json: bool, database: str) -> None:
    """Show the site without its groups and phones, as YAML."""
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_json
    from ringup.site.write import write_yaml

    stored = stored_site(database)
    note_if(reveal, database, "the passwords of the site")
    if as_json:
        print_json(stored.model_dump(mode="json", exclude={"groups", "phones"}), secrets=reveal)
        return
    alone = stored.model_copy(update={"groups": (), "phones": ()})
    click.echo(write_yaml(alone, secrets=reveal), nl=False)
    click.echo(f"\n# phones: {len(stored.phones)}, groups: {len(stored.groups)}")
    if not stored.subnets:
        click.echo(f"# No network, so no addresses are given out. Add one: ringup site set {NETWORK_FORM}")
    if not stored.phones:
        click.echo("# No phones yet. Add one: ringup phone add 001646C0FFEE --extension 201")


@site.command(
    "set",
    epilog=f"""\b
Examples:
  ringup site set name=Office time_zone=Europe/London load=P0S3-8-12-00
  ringup site set pbx.address=192.168.1.10 pbx.driver=chan_sip
  ringup site set {NETWORK_FORM}
  ringup site set telnet_level=1 --unset preferred_codec
A network is NETWORK:FIRST-LAST or NETWORK:FIRST-LAST:ROUTER; it replaces an existing entry for the same
network. pbx.manager_secret=- and pbx.realtime_password=- read the secret from standard input.
Other keys: ringup site show --json.""",
)
@click.argument("pairs", metavar="[KEY=VALUE]...", type=PAIR, nargs=-1, shell_complete=completion.site_pairs)
@click.option(
    "--unset",
    multiple=True,
    metavar="KEY",
    shell_complete=completion.site_keys,
    help="Reset a field to its default, or remove a setting.",
)
@click.option(
    "--remove-network",
    multiple=True,
    metavar="NETWORK",
    help="Remove this network, so that no addresses are given out there.",
)
@force_option
@dry_run_option
@yes_option
@database_option
def set_(
    pairs: tuple[tuple[str, str], ...],
    unset: tuple[str, ...],
    remove_network: tuple[str, ...],
    force: bool,
    yes: bool,
    database: str,
) -> None:
    """Change the site; KEY is a field, pbx.FIELD, network, or any .cnf parameter."""
    from ringup.change.site import change_site
    from ringup.cli.settings import check_keys, print_changed

    if not (pairs or unset or remove_network):
        raise click.UsageError("Name a change, like time_zone=Europe/London.")
    pairs = tuple((key, secret_of(value, key) if key in _SECRET_FIELDS else value) for key, value in pairs)
    if not force:
        check_keys((key for key, _ in pairs if "." not in key), _fields(), "site")

    def alter(data: dict[str, Any]) -> None:
        for key in remove_network:
            _remove_network(data, key)
        for key in unset:
            _unset(data, key)
        for key, value in pairs:
            _set(data, key, value, force)

    words = (
        [_shown(key, value, force) for key, value in pairs]
        + list(unset)
        + [f"network {network}" for network in remove_network]
    )
    print_changed(change_site(database, alter, f"change site: {', '.join(words)}", Approval(yes)))


def _shown(key: str, value: str, force: bool) -> str:
    """Return the spelling of the key in the history, marked if the setting needs --force."""
    from ringup.cli.settings import marked_if

    name = key.removeprefix("settings.")
    is_setting = name != key or not (key in _fields() or key.startswith(("pbx.", "other_loads.")))
    return next(iter(marked_if(force and is_setting, {name: value})))


def _fields() -> tuple[str, ...]:
    from ringup.site.model import Pbx, Site

    return (*Site.model_fields, "network", *(f"pbx.{name}" for name in Pbx.model_fields))


def _place(data: dict[str, Any], key: str) -> tuple[dict[str, Any], str]:
    """Return the mapping that holds this key, and the key's name in it."""
    from ringup.site.model import Site

    first, _, rest = key.partition(".")
    if first == "pbx" and rest:
        if rest.startswith("options."):
            return data["pbx"].setdefault("options", {}), rest.removeprefix("options.")
        return data["pbx"], rest
    if first == "other_loads" and rest:
        return data["site"].setdefault("other_loads", {}), rest
    if first == "settings" and rest:
        return data["site"].setdefault("settings", {}), rest
    if key in _MANY_VALUES:
        raise click.UsageError(f"{key} holds more than one value. {_MANY_VALUES[key]}")
    if key in Site.model_fields:
        return data["site"], key
    return data["site"].setdefault("settings", {}), key


def _set(data: dict[str, Any], key: str, value: str, force: bool) -> None:
    from ringup.cli.settings import change_settings, marked_if

    if key == "network":
        _set_network(data, value)
        return
    mapping, name = _place(data, key)
    if mapping is data["site"].get("settings"):
        change_settings(data["site"], marked_if(force, {name: value}), (), "site")
    else:
        mapping[name] = value


def _unset(data: dict[str, Any], key: str) -> None:
    from ringup.errors import Problem, SiteErrors
    from ringup.phone.forced_keys import other_spelling

    mapping, name = _place(data, key)
    if name not in mapping and mapping is data["site"].get("settings"):
        name = other_spelling(name)
    if name not in mapping:
        raise SiteErrors([Problem("site", f"{key} is not set.", "See `ringup site show`.")])
    del mapping[name]


def _set_network(data: dict[str, Any], value: str) -> None:
    from ringup.site.network_text import network_row, set_network
    from ringup.site.record_faults import FaultyRecord

    try:
        set_network(data["network"], network_row(value))
    except FaultyRecord as error:
        raise click.UsageError(str(error)) from error


def _remove_network(data: dict[str, Any], network: str) -> None:
    from ringup.errors import Problem, SiteErrors

    kept = [known for known in data["network"] if known["network"] != network]
    if len(kept) == len(data["network"]):
        has = ", ".join(known["network"] for known in data["network"]) or "none"
        raise SiteErrors([Problem(f"network {network}", "is not in the site.", f"Its networks: {has}.")])
    data["network"] = kept
