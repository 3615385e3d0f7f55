"""docs/reference/settings.md, made of the options of all commands."""

from collections.abc import Iterable, Iterator, Mapping

import click

from ringup.cli.config_file import SHARED
from ringup.cli.main import CONFIG_FILE, cli

_TOP = f"""\
# Settings: the file and the variables

Written by `tools/settings-page` from the commands' options.

You can also set every option of every command by a variable or in a file. A flag overrides a variable, and a
variable overrides the file. You do not set the phones, their network and their PBX there: they are [the
site](site.md), in the database.

## The file

Every command reads `{CONFIG_FILE}` if it exists, or instead the file that `--config` names. The file is TOML,
with one table per command. Its keys are spelt like the flags, without `--`. A command of a group has a table
below the group's: `[phone.add]`. `--no-dhcp` is `dhcp = false`; an option that may be repeated has a list. An
unknown key is an error; the message suggests the most similar key.

```toml
database = "/srv/ringup/ringup.db"

[serve]
interface = "eth0"
dhcp = false
http-port = [6970]
metrics = "127.0.0.1:9469"

[check]
ignore = ["clock-sync"]
```

After a change, restart the [service](../how-to/run-as-a-service.md).

Above the first table, {", ".join(f"`{key}`" for key in SHARED)} apply to all commands that have the option.
"""

_VARIABLES = """
## The variables

Each option has a variable: `RINGUP_`, the command's words and the option's name, in upper case with `_`
between them. `ringup serve --no-dhcp` is `RINGUP_SERVE_DHCP=no`. Several values are separated by spaces.
The names of these variables contain no command:

| variable | meaning |
|---|---|
"""

VARIABLES: Mapping[str, str] = {
    "RINGUP_CONFIG": "`--config`: another file in place of `/etc/ringup/ringup.toml`.",
    "RINGUP_DATABASE": "`--database` of every command.",
    "RINGUP_KEY": "`--key` of every command.",
    "RINGUP_FIRMWARE": "`--firmware` of every command.",
    "RINGUP_FILES": "`--files` of every command.",
    "RINGUP_ASTERISK": "`ringup demo`, `./run`: use this Asterisk of the machine, like `/usr/sbin/asterisk`.",
    "RINGUP_CACHE": "`ringup demo`, `./run` and `./test`: where the private Asterisks are kept.",
    "RINGUP_PYTHON": "`./run`, `./test` and `./install`: the Python to use, like `/usr/bin/python3.12`.",
    "RINGUP_ACCEPT_TEST_SIGNER": "Tests only: accept synthetic firmware, which a phone refuses.",
}

_EXPLAINED = ("serve", "check")
"""Commands that have a full table on the page; for the other commands the page lists only the keys."""

_HEAD = """
## [{table}]

| key | variable | default | meaning |
|---|---|---|---|
"""

_OTHERS = """
## The other commands

`--help` of each explains its options.

| table | keys |
|---|---|
"""


def page() -> str:
    """Return the contents of settings.md."""
    named = "".join(_row(f"`{name}`", meaning) for name, meaning in VARIABLES.items())
    tables = dict(_tables(cli, click.Context(cli, info_name="ringup", **cli.context_settings)))
    explained = [_HEAD.format(table=name) + "".join(tables.pop(name).values()) for name in _EXPLAINED]
    others = (_row(f"`[{name}]`", _keys(rows)) for name, rows in tables.items() if rows)
    return "".join((_TOP, _VARIABLES, named, *explained, _OTHERS, *others))


def _keys(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _row(*fields: str) -> str:
    return f"| {' | '.join(field.replace('|', chr(92) + '|') for field in fields)} |\n"


def _tables(group: click.Group, context: click.Context) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield a table per command, with a row for each key that is not for all commands."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, parent=context, info_name=name)
        if isinstance(command, click.Group):
            yield from _tables(command, inner)
            continue
        table = inner.command_path.removeprefix("ringup ").replace(" ", ".")
        options = {_key(option): option for option in command.params if isinstance(option, click.Option)}
        yield table, {key: _option(key, row, inner) for key, row in options.items() if key not in SHARED}


def _option(key: str, option: click.Option, context: click.Context) -> str:
    variable = f"{context.auto_envvar_prefix}_{option.name}".upper()
    return _row(f"`{key}`", f"`{variable}`", _default(option), " ".join((option.help or "").split()))


def _key(option: click.Option) -> str:
    return next(flag.removeprefix("--") for flag in option.opts if flag.startswith("--"))


def _default(option: click.Option) -> str:
    default = option.default
    if option.is_flag:
        return "true" if default is True else "false"
    return f"`{default}`" if isinstance(default, str | int | float) and default != "" else ""


if __name__ == "__main__":
    print(page(), end="")
