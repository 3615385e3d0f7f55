"""Encrypt secrets, also those in revisions, so that a copy of the database reveals no password."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUL = "\U0010ffff"
"""The text that stood for NUL, which PostgreSQL's text cannot hold."""

phones = sa.table("phones", sa.column("mac"), sa.column("password"))
lines = sa.table("lines", *map(sa.column, ("mac", "key", "secret", "voicemail_pin")))
site = sa.table("site", sa.column("id"), sa.column("record", sa.JSON))
revisions = sa.table("revisions", sa.column("id"), sa.column("before", sa.JSON), sa.column("after", sa.JSON))


def upgrade() -> None:
    cipher = context.config.attributes["cipher"]
    made = op.create_table(
        "encryption",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("plain_text_left", sa.Boolean, nullable=False),
    )
    found = op.get_bind().execute(sa.select(sa.func.count()).select_from(revisions)).scalar_one()
    op.bulk_insert(made, [{"id": 1, "proof": cipher.proof(), "plain_text_left": found > 0}])
    _change(lambda text: cipher.encrypt(text.replace(_NUL, "\0")), cipher.encrypt_all)


def downgrade() -> None:
    cipher = context.config.attributes["cipher"]
    _change(lambda stored: cipher.decrypt(stored).replace("\0", _NUL), cipher.decrypt_all)
    op.drop_table("encryption")


def _change(text: Callable[[str], str], record: Callable[[Any], Any]) -> None:
    _change_each(phones, ("mac",), text)
    _change_each(lines, ("mac", "key"), text)
    _change_each(site, ("id",), record)
    _change_each(revisions, ("id",), record)


def _change_each(table: sa.TableClause, key: tuple[str, ...], change: Callable[[Any], Any]) -> None:
    """Change every column except the key's, row by row, because a revision may hold a complete site."""
    others = [column.name for column in table.c if column.name not in key]
    for row in op.get_bind().execute(sa.select(*(table.c[name] for name in key))).all():
        here = sa.and_(*(table.c[name] == value for name, value in zip(key, row, strict=True)))
        columns = (table.c[name] for name in others)
        values = op.get_bind().execute(sa.select(*columns).where(here)).one()
        changed = {name: change(value) for name, value in zip(others, values, strict=True)}
        op.execute(sa.update(table).where(here).values(changed))
