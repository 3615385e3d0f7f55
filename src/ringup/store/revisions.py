"""Read and write the site in its tables, and the revisions that record each change to the site."""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from sys import intern
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from ringup.errors import ChangedMeanwhile, StoreError
from ringup.site.model import Phone, Site
from ringup.site.records import ChangedRecords, Record, changed, of_records, records, stored
from ringup.store import tables
from ringup.store.database import among, asking_plainly, latest_revision, reading, writing
from ringup.store.encryption import Cipher, cipher_of
from ringup.store.held_secrets import hold_changed

_ROW = 1
"""The id of the site's only row."""

_LINE_COLUMNS = [column for column in tables.lines.c if column.name not in ("mac", "key")]
_PHONES_AND_LINES = (
    select(*tables.phones.c, tables.lines.c.key, *_LINE_COLUMNS)
    .select_from(tables.phones.outerjoin(tables.lines, tables.phones.c.mac == tables.lines.c.mac))
    .order_by(tables.phones.c.mac, tables.lines.c.key)
)
"""A query with one row per line of a phone; a phone without lines has one row, with NULL as the line."""
_PHONE_FIELDS = [column.name for column in tables.phones.c]
_LINE_FIELDS = [column.name for column in _LINE_COLUMNS]
_LINE_KEY = len(_PHONE_FIELDS)
"""The column at which the line begins in a row of this query."""
_OFTEN_EQUAL = ("model", "group", "load", "protocol")
"""Columns whose text thousands of phones share; each text is kept in memory only once."""
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Revision:
    """One change to the site."""

    id: int
    at: float
    author: str
    summary: str
    before: Mapping[str, Record]
    """The changed records before the change, by name, secrets included; an added record is missing."""
    after: Mapping[str, Record]
    """The changed records after the change; a removed record is missing."""


def read_site(engine: Engine) -> Site:
    """Return the site as last committed."""
    with reading(engine) as connection:
        return _read(connection)


def read_site_and_revision(engine: Engine) -> tuple[Site, int]:
    """Return the site and the number of its revision, from the same moment."""
    with reading(engine) as connection:
        return _read(connection), latest_revision(connection)


@dataclass(frozen=True, slots=True)
class SiteWithoutPhones:
    """A site without the records of its phones, but with the values that must be unique among them."""

    site: Site
    """The site with no phones."""
    revision: int
    macs: frozenset[str]
    addresses: frozenset[str]
    """The reserved addresses of the phones."""
    extensions: frozenset[str]
    settings: frozenset[str]
    """The keys of all the phones' settings."""


def read_site_without_phones(engine: Engine) -> SiteWithoutPhones:
    """Return a large site in a tenth of the time of `read_site`."""
    phones, lines = tables.phones.c, tables.lines.c
    with reading(engine) as connection:
        site = _read_with(connection, ())
        devices = connection.execute(select(phones.mac, phones.address, phones.settings)).all()
        extensions = frozenset(connection.execute(select(lines.extension)).scalars())
        return SiteWithoutPhones(
            site=site,
            revision=latest_revision(connection),
            macs=frozenset(mac for mac, _, _ in devices),
            addresses=frozenset(address for _, address, _ in devices if address),
            extensions=extensions,
            settings=frozenset(key for _, _, settings in devices for key in settings),
        )


@dataclass(frozen=True, slots=True)
class PhoneSummary:
    """The fields by which the phones of a large site are counted and chosen."""

    mac: str
    group: str
    model: str


def read_phone_summaries(connection: Connection) -> list[PhoneSummary]:
    """Return one row per phone of the site."""
    columns = (tables.phones.c[name] for name in PhoneSummary.__dataclass_fields__)
    return [PhoneSummary(*row) for row in connection.execute(select(*columns))]


def read_phones(engine: Engine, macs: Collection[str]) -> tuple[Phone, ...]:
    """Return the records of these phones, by MAC; MACs that the site does not have are left out."""
    wanted = among(tables.phones.c.mac, macs)
    with reading(engine) as connection, _checking_what_is_stored():
        rows = connection.execute(_PHONES_AND_LINES.where(wanted))
        return tuple(Phone.model_validate(record) for record in _grouped(rows, cipher_of(connection)))


def follows_pbx(connection: Connection) -> bool:
    """Return whether the site names a manager user, so that a server follows the PBX's events."""
    record = connection.execute(select(tables.site.c.record).where(tables.site.c.id == _ROW)).scalar_one()
    return bool(record.get("pbx", {}).get("manager_user"))


def current_revision(engine: Engine) -> int:
    """Return the number of the last revision, 0 before the first; quick enough to be called each second."""
    with asking_plainly(engine) as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM revisions")
        (number,) = cursor.fetchone() or (0,)
        return int(number)


def revision_at(engine: Engine, at: float) -> int:
    """Return the number of the last revision that was made until this time, 0 if there was none."""
    latest = select(func.coalesce(func.max(tables.revisions.c.id), 0)).where(tables.revisions.c.at <= at)
    with reading(engine) as connection:
        return int(connection.execute(latest).scalar_one())


def revisions(engine: Engine, limit: int | None = None) -> list[Revision]:
    """Return the revisions, newest first."""
    statement = select(tables.revisions).order_by(tables.revisions.c.id.desc()).limit(limit)
    with reading(engine) as connection:
        decrypted = cipher_of(connection).decrypt_all
        return [Revision(**decrypted(dict(row))) for row in connection.execute(statement).mappings()]


def read_revision(engine: Engine, number: int) -> Revision:
    """Return one revision; raises StoreError if it does not exist."""
    with reading(engine) as connection:
        return _revision(connection, number)


def _revision(connection: Connection, number: int) -> Revision:
    row = (
        connection.execute(select(tables.revisions).where(tables.revisions.c.id == number)).mappings().first()
    )
    if row is None:
        latest = latest_revision(connection)
        cure = f"The latest is {latest}: ringup history" if latest else "There are no revisions yet."
        raise StoreError(f"reading revision {number}", "there is none.", cure)
    return Revision(**cipher_of(connection).decrypt_all(dict(row)))


def site_at(engine: Engine, number: int) -> Site:
    """Return the site after revision `number`; raises StoreError if that revision does not exist.

    Number 0 is the site before the first revision.
    """
    with reading(engine) as connection, _checking_what_is_stored():
        if number:
            _revision(connection, number)
        found = records(_read(connection))
        later = select(tables.revisions.c.id).where(tables.revisions.c.id > number)
        for each in connection.execute(later.order_by(tables.revisions.c.id.desc())).scalars().all():
            revision = _revision(connection, each)
            for name in revision.after:
                found.pop(name, None)
            found |= revision.before
            if "site" not in found:  # this revision made a new key
                answer = f"the records before revision {each} are lost with their key."
                raise StoreError(f"reading the site of revision {number}", answer, "")
    return of_records(found)


def commit(
    engine: Engine,
    new: Site,
    *,
    author: str,
    summary: str,
    at: float,
    expected_revision: int | None = None,
    before: Site | None = None,
    changes: ChangedRecords | None = None,
    hold: Collection[str] = (),
) -> Revision:
    """Commit this site and its revision in one transaction; if nothing changed, nothing is written.

    Asterisk keeps the present secrets of the phones with these MACs (`hold`) until `held_secrets.release`.
    With `expected_revision`, a commit of another program since that revision raises ChangedMeanwhile.
    `before` is the site of that revision, and `changes` is the result of `changed(before, new)`, if the
    caller has them; otherwise they are read or computed here.
    """
    with writing(engine) as connection:
        # Databases other than SQLite lock this row, and a second committer waits.
        connection.execute(select(tables.site.c.id).where(tables.site.c.id == _ROW).with_for_update())
        latest = latest_revision(connection)
        if expected_revision not in (None, latest):
            raise ChangedMeanwhile(
                f"changing revision {expected_revision} of the site",
                f"revision {latest} was made meanwhile.",
                "Nothing was changed; look at the new state and try again.",
            )
        if before is None or expected_revision is None:
            before, changes = _read(connection), None
        was, became = changes or changed(before, new)
        if not was and not became:
            return Revision(latest, at, author, summary, {}, {})
        revision = Revision(latest + 1, at, author, summary, was, became)
        row = encrypted_row(connection, revision)
        write_site(connection, new, row["before"], row["after"])
        hold_changed(connection, was, became, hold)
        keep_revision(connection, row)
        return revision


def note(engine: Engine, *, author: str, summary: str, at: float) -> Revision:
    """Add a revision that changes nothing, for example to note that secrets were shown."""
    with writing(engine) as connection:
        connection.execute(select(tables.site.c.id).where(tables.site.c.id == _ROW).with_for_update())
        noted = Revision(latest_revision(connection) + 1, at, author, summary, {}, {})
        keep_revision(connection, encrypted_row(connection, noted))
        return noted


def latest_change(engine: Engine) -> int:
    """Return the number of the last revision that changed a record; 0 if there is none."""
    with reading(engine) as connection:
        ids = connection.execute(select(tables.revisions.c.id).order_by(tables.revisions.c.id.desc()))
        for number in map(int, ids.scalars().all()):
            found = _revision(connection, number)
            if found.before or found.after:
                return number
    return 0


def encrypted_row(connection: Connection, revision: Revision) -> Record:
    """Return the row of a revision, with the secrets encrypted."""
    row = {name: getattr(revision, name) for name in ("id", "at", "author", "summary", "before", "after")}
    encrypted: Record = cipher_of(connection).encrypt_all(row)
    return encrypted


def keep_revision(connection: Connection, row: Record) -> None:
    """Add a revision to the history, in the transaction of the change itself."""
    connection.execute(insert(tables.revisions), row)


def _read(connection: Connection) -> Site:
    with closing(_phones(connection)) as phones:
        return _read_with(connection, phones)


def _read_with(connection: Connection, phones: Iterable[Record]) -> Site:
    record = connection.execute(select(tables.site.c.record).where(tables.site.c.id == _ROW)).scalar_one()
    decrypted = cipher_of(connection).decrypt_all
    groups = (decrypted(dict(row)) for row in connection.execute(select(tables.groups)).mappings())
    with _checking_what_is_stored():
        return stored(decrypted(record), groups, phones)


@contextmanager
def _checking_what_is_stored() -> Iterator[None]:
    """Raise StoreError for a stored record that this version does not accept."""
    try:
        yield
    except ValueError as error:
        cure = "Export it with the version that wrote it, correct that, and apply it to a new database."
        raise StoreError("reading the site from the database", f"{error}.", cure) from error


def _phones(connection: Connection) -> Generator[Record, None, None]:
    """Yield each phone with its lines, a few hundred rows in memory at a time; close it when done."""
    with connection.execute(_PHONES_AND_LINES, execution_options={"yield_per": _ROWS_AT_ONCE}) as rows:
        yield from _grouped(rows, cipher_of(connection))


def _grouped(rows: Iterable[Any], cipher: Cipher) -> Iterator[Record]:
    for _mac, keys in groupby(rows, key=itemgetter(0)):
        rows_of_phone = list(keys)
        first = rows_of_phone[0]
        phone = dict(zip(_PHONE_FIELDS, first, strict=False))
        for name in _OFTEN_EQUAL:
            phone[name] = intern(phone[name])
        phone["password"] = cipher.decrypt(phone["password"])
        phone["settings"] = cipher.decrypt_all(phone["settings"])
        once: dict[Any, Any] = {}  # keeps equal texts once: a phone's lines often have one name
        phone["lines"] = [
            {
                **dict(zip(_LINE_FIELDS, map(once.setdefault, values, values), strict=False)),
                "numbers": numbers,
            }
            for key, *values, numbers in (row[_LINE_KEY:] for row in rows_of_phone)
            if key is not None
        ]
        for line in phone["lines"]:
            line["secret"] = cipher.decrypt(line["secret"])
            line["voicemail_pin"] = cipher.decrypt(line["voicemail_pin"])
        yield phone


def write_site(
    connection: Connection, new: Site, was: Mapping[str, Record], became: Mapping[str, Record]
) -> None:
    """Replace the changed records, in the transaction of a revision; `became` has encrypted secrets."""
    record = cipher_of(connection).encrypt_all(new.model_dump(mode="json", exclude={"groups", "phones"}))
    connection.execute(update(tables.site).where(tables.site.c.id == _ROW).values(record=record))
    _write_groups(connection, _named("group", was), _named("group", became))
    _write_phones(connection, _named("phone", was), _named("phone", became))


def _named(kind: str, changes: Mapping[str, Record]) -> dict[str, Record]:
    """Return the records of one kind by their names or MACs."""
    parts = ((name.partition(" "), record) for name, record in changes.items())
    return {name: record for (found, _, name), record in parts if found == kind}


def _write_groups(connection: Connection, was: Mapping[str, Record], became: Mapping[str, Record]) -> None:
    for name in was:
        connection.execute(delete(tables.groups).where(tables.groups.c.name == name))
    if became:
        connection.execute(insert(tables.groups), list(became.values()))


def _write_phones(connection: Connection, was: Mapping[str, Record], became: Mapping[str, Record]) -> None:
    _delete(connection, tables.lines, list(was))
    _delete(connection, tables.phones, list(was))
    _delete(connection, tables.pins, sorted(was.keys() - became.keys()))
    phones = [{name: record[name] for name in _PHONE_FIELDS} for record in became.values()]
    lines = [
        {"mac": mac, "key": key, **line}
        for mac, record in became.items()
        for key, line in enumerate(record["lines"], 1)
    ]
    if phones:
        connection.execute(insert(tables.phones), phones)
    if lines:
        connection.execute(insert(tables.lines), lines)


def _delete(connection: Connection, table: Table, macs: Sequence[str]) -> None:
    """Delete the rows of these phones, many with each statement."""
    for first in range(0, len(macs), _ROWS_AT_ONCE):
        some = macs[first : first + _ROWS_AT_ONCE]
        connection.execute(delete(table).where(table.c.mac.in_(some)))
