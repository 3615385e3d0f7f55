"""`ringup directory`: add, list, change, remove and read the address books of the phones' directory."""

from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.arguments import PAIR
from ringup.cli.options import database_option, json_option
from ringup.cli.secret_input import secret_of

if TYPE_CHECKING:
    from ringup.errors import RingupError
    from ringup.site.directory_record import DirectorySource
    from ringup.site.rows import Plain
    from ringup.store.books import BookState

_LISTS = ("name_attributes", "number_attributes")


@click.group()
def directory() -> None:
    """Add, list, change, remove and read the address books whose names the phones' Directory button finds.

    \b
    ringup directory add customers /etc/ringup/customers.csv
    ringup directory add staff ldap://10.0.0.5 base=ou=people,dc=example,dc=com
    """


@directory.command(
    epilog="""\b
Examples:
  ringup directory add customers /etc/ringup/customers.csv
  ringup directory add staff ldap://10.0.0.5 base=ou=people,dc=example,dc=com \\
      user=cn=phones,dc=example,dc=com password=-
  ringup directory add staff ldaps://ad.example.com base=dc=example,dc=com \\
      number_attributes=telephoneNumber,ipPhone
  ringup directory add cloud https://cloud.example.com/remote.php/dav user=ada password=-
  ringup directory add callers asterisk:cidname
password=- reads the password from standard input. FIELDs: docs/reference/site.md"""
)
@click.argument("name")
@click.argument("url")
@click.argument("pairs", metavar="[FIELD=VALUE]...", type=PAIR, nargs=-1)
@dry_run_option
@yes_option
@database_option
def add(name: str, url: str, pairs: tuple[tuple[str, str], ...], yes: bool, database: str) -> None:
    """Add an address book: a file, LDAP, CardDAV or Asterisk's database. `ringup serve` reads it soon."""
    from ringup.change.site import change_site
    from ringup.errors import Problem, SiteErrors

    fields = _fields(pairs)

    def append(data: "Plain") -> None:
        if any(known["name"] == name for known in data["directory"]):
            cure = f"Change it: ringup directory set {name} FIELD=VALUE"
            raise SiteErrors([Problem(f"directory {name}", "is in the site already.", cure)])
        data["directory"].append({"name": name, "url": url, **fields})

    changed = change_site(database, append, f"add address book {name}", Approval(yes))
    click.echo(f"Added address book {name}, revision {changed.revision.id}.")
    click.echo(f"Try it: ringup directory read {name}")


@directory.command(
    "set", epilog="Example: ringup directory set staff minutes=60 filter='(objectClass=person)'"
)
@click.argument("name", shell_complete=completion.directories)
@click.argument("pairs", metavar="FIELD=VALUE...", type=PAIR, nargs=-1, required=True)
@dry_run_option
@yes_option
@database_option
def set_(name: str, pairs: tuple[tuple[str, str], ...], yes: bool, database: str) -> None:
    """Change an address book; an empty value restores a field's default."""
    from ringup.change.site import change_site
    from ringup.cli.settings import print_changed

    fields = _fields(pairs)

    def alter(data: "Plain") -> None:
        record = next(each for each in data["directory"] if each["name"] == _known(data, name))
        for field, value in fields.items():
            record[field] = value
            if value in ("", []):
                del record[field]

    words = ", ".join(field for field, _value in pairs)
    print_changed(change_site(database, alter, f"change address book {name}: {words}", Approval(yes)))


@directory.command(epilog="Example: ringup directory remove staff")
@click.argument("name", shell_complete=completion.directories)
@dry_run_option
@yes_option
@database_option
def remove(name: str, yes: bool, database: str) -> None:
    """Remove an address book; phones no longer find its names."""
    from ringup.change.site import change_site
    from ringup.cli.settings import print_changed

    def without(data: "Plain") -> None:
        gone = _known(data, name)
        data["directory"] = [each for each in data["directory"] if each["name"] != gone]

    print_changed(change_site(database, without, f"remove address book {name}", Approval(yes)))


@directory.command("list", epilog="Example: ringup directory list --json")
@json_option
@database_option
def list_(as_json: bool, database: str) -> None:
    """List the address books: how many names each gave, when, and why it cannot be read now."""
    from ringup.cli.printing import local_time, print_json, print_table

    rows = _states(database)
    if as_json:
        print_json({"directory": [_record(source, state) for source, state in rows]})
    elif not rows:
        click.echo("No address books yet. Add one: ringup directory add customers /etc/ringup/customers.csv")
    else:
        print_table(
            ("name", "read from", "names", "last read", "trouble"),
            [
                (
                    source.name,
                    source.url,
                    f"{state.count:,}",
                    local_time(state.read_at) if state.read_at else "never",
                    state.fault or state.left_out,
                )
                for source, state in rows
            ],
        )


@directory.command(epilog="Example: ringup directory read staff")
@click.argument("name", required=False, shell_complete=completion.directories)
@database_option
def read(name: str | None, database: str) -> None:
    """Read one address book, or all, and keep its names. Exit status 1 if one cannot be read."""
    import sys

    from ringup.change.stored_site import opened_to_change
    from ringup.store.revisions import read_site

    failed = False
    with opened_to_change(database) as engine:
        site = read_site(engine)
        wanted = _known({"directory": [{"name": each.name} for each in site.directory]}, name) if name else ""
        for source in site.directory:
            if wanted in ("", source.name):
                outcome = _read(engine, source, site.pbx)
                failed = failed or not isinstance(outcome, int)
                said = f"{outcome:,} names" if isinstance(outcome, int) else str(outcome)
                click.echo(f"{source.name}: {said}")
    sys.exit(1 if failed else 0)


def _read(engine: Any, source: "DirectorySource", pbx: Any) -> "int | RingupError":
    """Read a source and store its names, or its fault; return the number of names, or the error."""
    import time

    from ringup.books.reading import BookReading, BookUnreadable, read_book
    from ringup.books.shelf import Shelf
    from ringup.store.books import save_book

    shelf = Shelf()
    try:
        reading = read_book(source, "", pbx) or BookReading([])
    except BookUnreadable as error:
        return error
    book = shelf.take(source, reading, time.time())
    save_book(engine, book.state, book.entries)
    if book.state.left_out:
        click.echo(f"{source.name}: left out: {book.state.left_out}", err=True)
    return book.state.count


def _fields(pairs: tuple[tuple[str, str], ...]) -> dict[str, str | list[str]]:
    """Return the fields to set; raises UsageError for one that no address book has."""
    from ringup.site.directory_record import DirectorySource

    known = [field for field in DirectorySource.model_fields if field != "name"]
    if unknown := [field for field, _value in pairs if field not in known]:
        raise click.UsageError(f"There is no field {unknown[0]}. The fields: {', '.join(known)}.")
    return {
        field: [each.strip() for each in value.split(",") if each.strip()]
        if field in _LISTS
        else secret_of(value, field)
        if field == "password"
        else value
        for field, value in pairs
    }


def _known(data: "Plain", name: str) -> str:
    """Return the name if the site has it; raises SiteErrors otherwise."""
    from ringup.change.lookup import no_address_book

    names = [str(each["name"]) for each in data["directory"]]
    if name not in names:
        raise no_address_book(name, names)
    return name


def _states(database: str) -> "list[tuple[DirectorySource, BookState]]":
    from ringup.books.shelf import Shelf, ShelfBook
    from ringup.change.stored_site import opened
    from ringup.store.books import read_states
    from ringup.store.revisions import read_site

    with opened(database) as engine:
        shelf = Shelf(ShelfBook(state) for state in read_states(engine))
        return [(source, shelf.state(source)) for source in read_site(engine).directory]


def _record(source: "DirectorySource", state: "BookState") -> dict[str, object]:
    return {
        "name": source.name, "url": source.url, "kind": source.kind, "names": state.count,
        "read_at": state.read_at, "fault": state.fault, "cure": state.cure, "left_out": state.left_out,
    }  # fmt: skip
