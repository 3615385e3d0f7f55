"""Start a site again after its key was lost; leases, events and history stay, lost secrets are masked."""

import os
from base64 import b32encode

from sqlalchemy import Connection, Engine, delete, select, update

from ringup.errors import StoreError
from ringup.site.mask import MASK, with_secrets
from ringup.site.model import Site
from ringup.site.records import changed
from ringup.store import tables
from ringup.store.database import latest_revision, writing
from ringup.store.encryption import Cipher, cipher_of
from ringup.store.revisions import Revision, encrypted_row, keep_revision, write_site


def begin_anew(engine: Engine, new: Site, *, author: str, summary: str, at: float) -> Revision:
    """Replace the complete site by one revision, in one transaction.

    `engine` comes from `open_with_new_key`. The old site cannot be compared, so the revision lists every
    record as added. Webhooks are removed, because their keys are lost.
    """
    with writing(engine) as connection:
        cipher = cipher_of(connection)
        _mask_lost_secrets(connection, cipher)
        _replace_second_factors(connection, cipher)
        for table in (tables.lines, tables.phones, tables.groups, tables.held_secrets, tables.hooks):
            connection.execute(delete(table))
        connection.execute(update(tables.encryption).values(proof=cipher.proof()))
        _, became = changed(Site(), new)
        revision = Revision(latest_revision(connection) + 1, at, author, summary, {}, became)
        row = encrypted_row(connection, revision)
        write_site(connection, new, {}, row["after"])
        keep_revision(connection, row)
        return revision


def _mask_lost_secrets(connection: Connection, cipher: Cipher) -> None:
    def masked_if_lost(stored: str) -> str:
        try:
            cipher.decrypt(stored)
        except StoreError:
            return MASK
        return stored

    table = tables.revisions
    for number in connection.execute(select(table.c.id)).scalars().all():
        kept = connection.execute(select(table.c.before, table.c.after).where(table.c.id == number)).one()
        before, after = (with_secrets(records, masked_if_lost) for records in kept)
        connection.execute(update(table).where(table.c.id == number).values(before=before, after=after))


def _replace_second_factors(connection: Connection, cipher: Cipher) -> None:
    """Replace each lost second factor by an unknown one, so that a password alone opens no account."""
    factors = select(tables.accounts.c.name).where(tables.accounts.c.totp != "")
    for name in connection.execute(factors).scalars().all():
        unknown = cipher.encrypt(b32encode(os.urandom(20)).decode())
        account = tables.accounts.c.name == name
        connection.execute(update(tables.accounts).where(account).values(totp=unknown))
