"""Kinds of arguments that several commands take."""

from datetime import datetime
from typing import Any

import click

from ringup.cli import completion
from ringup.wire.mac import parse as parse_mac


class MacType(click.ParamType[str]):
    """A MAC address in any spelling."""

    name = "mac"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return twelve upper-case digits, or raise a usage error."""
        try:
            return parse_mac(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class PairType(click.ParamType[tuple[str, str]]):
    """A `key=value`."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the key and the value, either side of the first equals sign."""
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not equals or not key.strip():
            self.fail(f"{value!r} is not of the form key=value.", param, ctx)
        return key.strip(), text.strip()


class TimeType(click.ParamType[float]):
    """A date, or a date and a time, in ISO 8601; without a zone it is local time."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return POSIX seconds, or raise a usage error."""
        try:
            return datetime.fromisoformat(str(value).strip()).timestamp()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a time like 2026-11-27 or '2026-11-27 08:30'.", param, ctx)


MAC = MacType()
PAIR = PairType()
TIME = TimeType()

settings_option = click.option(
    "--set",
    "settings",
    type=PAIR,
    multiple=True,
    shell_complete=completion.pairs(),
    help="A .cnf parameter; repeatable.",
)
"""The parameters of a new phone or group."""

unset_option = click.option(
    "--unset",
    multiple=True,
    metavar="KEY",
    shell_complete=completion.keys(),
    help="Remove a setting; repeatable.",
)
