"""The phones that one `ringup phone set` changes: those of a group, of a model, or all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.arguments import PAIR
from ringup.errors import Problem, SiteErrors
from ringup.site.rows import Plain

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting
    from ringup.change.site import Changed

FOR_SEVERAL = ("model", "group", "label", "load", "password", "voicemail")
"""Fields that several phones may share."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The conditions that select phones; None: no condition."""

    group: str | None
    model: str | None

    def __str__(self) -> str:
        words = [f"group {self.group or '(none)'}"] if self.group is not None else []
        words += [f"model {self.model}"] if self.model is not None else []
        return f"phones of {' and '.join(words)}" if words else "all phones"

    def records(self, data: Plain) -> list[Plain]:
        """Return the phones in a site's plain form; raises SiteErrors if there is none."""
        from ringup.change.lookup import no_group

        names = [group["name"] for group in data["groups"]]
        if self.group and self.group not in names:
            raise no_group(self.group, names)
        found = [phone for phone in data["phones"] if self._has(phone)]
        if not found:
            raise SiteErrors([Problem(str(self), "there are none.", "See `ringup phone list`.")])
        return found

    def _has(self, phone: Plain) -> bool:
        return self.group in (None, phone.get("group", "")) and self.model in (None, phone["model"])


def selection_of(
    phone: str | None, options: dict[str, Any], every: bool
) -> tuple[Selection | None, tuple[tuple[str, str], ...]]:
    """Return the selection by options, or None if a phone is named, and the KEY=VALUE in the name's place.

    Without a name, --group and --model select phones, and are removed from `options`.
    """
    is_pair = phone is not None and "=" in phone and (every or _chooses(options))
    if phone is not None and not is_pair:
        if every:
            raise click.UsageError("Name a phone, or give --all.")
        return None, ()
    if not every and not _chooses(options):
        raise click.UsageError("Name a phone, or choose several by --group, --model or --all.")
    if every and _chooses(options):
        raise click.UsageError(
            "--all selects every phone. Leave out --group and --model; to set the group, write group=NAME."
        )
    selection = Selection(options.pop("group", None), options.pop("model", None))
    return selection, (PAIR.convert(phone, None, None),) if phone else ()


def _chooses(options: dict[str, Any]) -> bool:
    return options.get("group") is not None or options.get("model") is not None


def check_shared(given: dict[str, Any], add_line: str | None, remove_line: str | None) -> None:
    """Refuse fields that only one phone can have."""
    own = [name for name in given if name not in FOR_SEVERAL]
    own += ["add-line"] if add_line is not None else []
    own += ["remove-line"] if remove_line is not None else []
    if own:
        raise click.UsageError(f"Several phones cannot share {', '.join(own)}: name one phone.")


def change_records(
    records: list[Plain], given: dict[str, Any], line: int, settings: dict[str, str], unset: tuple[str, ...]
) -> None:
    """Change the phones in place; skip a phone that lacks the line, or the setting to remove."""
    from ringup.cli.settings import change_settings

    for record in records:
        record |= {name: value for name, value in given.items() if name != "voicemail"}
        here = [key for key in unset if key in record.get("settings", {})]
        change_settings(record, settings, here, f"phone {record['mac']}")
        if "voicemail" in given and line <= len(record["lines"]):
            record["lines"][line - 1]["voicemail"] = given["voicemail"]


def print_several(changed: "Changed", how: "Restarting | None" = None) -> None:
    """Print the fields of a few phones; for many phones, print only the numbers."""
    from ringup.change.plan_text import count_lines, effect_lines
    from ringup.cli.plan_printing import MOST_DETAILED
    from ringup.cli.restart_printing import print_ending
    from ringup.cli.settings import print_changed, print_done

    if len(changed.plan.changes) <= MOST_DETAILED:
        print_changed(changed, how)
        return
    for text in (*count_lines(changed.plan), *effect_lines(changed.plan)):
        click.echo(text)
    print_done(changed)
    click.echo(f"Revision {changed.revision.id}. Every field: ringup show {changed.revision.id} --verbose")
    print_ending(changed, how)
