"""`ringup phone numbers`: the personal numbers of a line, which only its own phone shows."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.arguments import PAIR
from ringup.cli.options import database_option

if TYPE_CHECKING:
    from ringup.site.rows import Plain


@click.command(
    epilog="""\b
Examples:
  ringup phone numbers 201                                  list them
  ringup phone numbers 201 --add "Mum=030 1234567"
  ringup phone numbers 201 --import contacts.csv            add those of a CSV file or of vCards
  ringup phone numbers 201 --remove Mum"""
)
@click.argument("phone_", metavar="PHONE", shell_complete=completion.phones)
@click.option("--line", default=1, type=click.IntRange(1, 6), help="The line button; 1 is the top one.")
@click.option("--add", "added", type=PAIR, multiple=True, metavar="NAME=NUMBER", help="Add one; repeatable.")
@click.option("--remove", "removed", multiple=True, metavar="NAME", help="Remove one; repeatable.")
@click.option(
    "--import", "imported", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Add the names of a CSV file or of vCards.",
)  # fmt: skip
@dry_run_option
@yes_option
@database_option
def numbers(
    phone_: str,
    line: int,
    added: tuple[tuple[str, str], ...],
    removed: tuple[str, ...],
    imported: Path | None,
    yes: bool,
    database: str,
) -> None:
    """List or change the personal numbers of a line: the Directory button of its phone shows them, and no
    other phone does.
    """
    from ringup.change.naming import mac_of
    from ringup.change.site import change_site
    from ringup.change.stored_site import stored_site
    from ringup.cli.settings import print_changed

    mac = mac_of(stored_site(database), phone_)
    if not (added or removed or imported):
        _list(database, mac, line)
        return
    new = [*_pairs(added), *(_of_file(imported) if imported else ())]

    def alter(data: "Plain") -> None:
        record = _line(data, mac, line)
        record["numbers"] = _merged(record.get("numbers", []), new, removed)

    print_changed(change_site(database, alter, f"change personal numbers of phone {mac}", Approval(yes)))


def _list(database: str, mac: str, line: int) -> None:
    from ringup.change.lookup import phone_of
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_table

    lines = phone_of(stored_site(database), mac).lines[line - 1 : line]
    if rows := [(each.name, each.number) for own in lines for each in own.numbers]:
        print_table(("name", "number"), rows)
    else:
        click.echo('No personal numbers yet. Add one: ringup phone numbers PHONE --add "NAME=NUMBER"')


def _line(data: "Plain", mac: str, line: int) -> "Plain":
    """Return the record of a line; raises SiteErrors if the phone does not have it."""
    from ringup.change.lookup import plain_phone
    from ringup.errors import Problem, SiteErrors

    lines = plain_phone(data, mac)["lines"]
    if line > len(lines):
        raise SiteErrors([Problem(f"phone {mac}", f"has no line {line}.", f"It has {len(lines)}: --line 1")])
    found: Plain = lines[line - 1]
    return found


def _pairs(added: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Return the records of NAME=NUMBER; raises SiteErrors for a number that no phone can dial."""
    from ringup.directory.numbers import plain_number
    from ringup.errors import Problem, SiteErrors

    if bad := [(name, number) for name, number in added if not plain_number(number)]:
        raise SiteErrors(Problem(name, f"{number!r} is not a number.", "Use digits.") for name, number in bad)
    return [{"name": name, "number": plain_number(number)} for name, number in added]


def _of_file(path: Path) -> list[dict[str, str]]:
    from ringup.directory.file_entries import read_file

    entries, problems, _are_inside = read_file(path.read_bytes(), str(path))
    for problem in problems:
        click.echo(f"left out: {problem}", err=True)
    return [entry._asdict() for entry in entries]


def _merged(known: list[Any], new: list[dict[str, str]], removed: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the known and the new numbers without the removed names; raises SiteErrors for a name to remove
    that is not there.
    """
    from ringup.errors import Problem, SiteErrors

    names = {str(each["name"]) for each in known}
    if missing := [name for name in removed if name not in names]:
        raise SiteErrors(
            [Problem(f"name {missing[0]}", "is not in the list.", "See the list without options.")]
        )
    kept = [each for each in known if each["name"] not in removed]
    return kept + [each for each in new if each not in kept]
