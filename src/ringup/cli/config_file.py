"""The TOML file that supplies options' defaults: one table per command, and keys that all commands share.

A key is spelt like its flag: ``http-port`` or ``http_port``. A command of a group has a table below the
group's: ``[phone.add]``. Unknown keys are refused, all at once, each with the most similar known name.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from ringup.cli.options import SHARED_DEFAULTS as META
from ringup.errors import Problem, SiteErrors

SHARED = ("database", "key", "firmware", "files")
"""Stands for the keys above the first table; they apply to every command that has the option."""

Table = Mapping[str, Any]


def read_config(path: Path, context: click.Context) -> None:
    """Take defaults for this context from the file; raises SiteErrors with all faults of the file."""
    given = _read(path)
    root = context.command
    tables = {key: value for key, value in given.items() if key not in SHARED}
    problems = list(_unknown(tables, root, context, str(path)))
    if problems:
        raise SiteErrors(problems)
    context.meta[META] = {key: str(value) for key, value in given.items() if key in SHARED}
    context.default_map = _by_parameter(tables, root, context)


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SiteErrors([Problem(str(path), "is not UTF-8.", "Save it as UTF-8.")]) from error
    except OSError as error:
        raise SiteErrors([Problem(str(path), f"{error.strerror}.", "Check --config.")]) from error
    except tomllib.TOMLDecodeError as error:
        raise SiteErrors([Problem(str(path), f"{error}.", "Correct it there.")]) from error


def _unknown(tables: Table, command: click.Command, context: click.Context, where: str) -> Iterator[Problem]:
    for key, value in tables.items():
        part = _command(command, context, key)
        if part is not None and isinstance(value, dict):
            yield from _unknown(value, part, context, f"{where}: [{key}]")
        elif part is not None:
            yield Problem(where, f"{key} is a command.", f"Give it a table: [{key}]")
        elif isinstance(value, dict) or _flag(key) not in _flags(command):
            kind = "command" if isinstance(command, click.Group) else "option"
            yield Problem(where, f"there is no {kind} {key}.", _near(key, _names(command, context)))


def _near(key: str, names: Iterable[str]) -> str:
    known = list(names)
    near = get_close_matches(key.replace("_", "-"), known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(known)}."


def _names(command: click.Command, context: click.Context) -> list[str]:
    if isinstance(command, click.Group):
        top = SHARED if context.command is command else ()
        return [*top, *command.list_commands(context)]
    return [name for name in _flags(command) if name not in ("help", "version")]


def _command(command: click.Command, context: click.Context, name: str) -> click.Command | None:
    if not isinstance(command, click.Group) or name not in command.list_commands(context):
        return None
    return command.get_command(context, name)


def _flag(key: str) -> str:
    return key.replace("_", "-")


def _flags(command: click.Command) -> dict[str, str]:
    """Return the name of click's parameter for each long flag."""
    return {
        flag.removeprefix("--"): str(parameter.name)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for flag in parameter.opts
        if flag.startswith("--")
    }


def _by_parameter(tables: Table, command: click.Command, context: click.Context) -> dict[str, Any]:
    """Return the tables with flags replaced by the names of click's parameters."""
    renamed: dict[str, Any] = {}
    for key, value in tables.items():
        part = _command(command, context, key)
        if part is None:
            renamed[_flags(command)[_flag(key)]] = value
        else:
            renamed[key] = _by_parameter(value, part, context)
    return renamed
