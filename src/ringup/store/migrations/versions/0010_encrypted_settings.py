"""Encrypt settings whose name says that they are secret, also those in revisions."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op

from ringup.site.mask import with_secret_settings
from ringup.store.encryption import PREFIX, Cipher

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

groups = sa.table("groups", sa.column("name"), sa.column("settings", sa.JSON))
phones = sa.table("phones", sa.column("mac"), sa.column("settings", sa.JSON))
site = sa.table("site", sa.column("id"), sa.column("record", sa.JSON))
revisions = sa.table("revisions", sa.column("id"), sa.column("before", sa.JSON), sa.column("after", sa.JSON))
encryption = sa.table("encryption", sa.column("plain_text_left", sa.Boolean))


def upgrade() -> None:
    cipher: Cipher = context.config.attributes["cipher"]
    # The step that encrypted the passwords of the first versions takes these settings, too.
    if _change(lambda value: value if value.startswith(PREFIX) else cipher.encrypt(value)):
        op.execute(sa.update(encryption).values(plain_text_left=True))


def downgrade() -> None:
    _change(context.config.attributes["cipher"].decrypt)


def _change(text: Callable[[str], str]) -> bool:
    """Return whether a row was changed."""
    return sum(_change_each(table, text) for table in (groups, phones, site, revisions)) > 0


def _change_each(table: sa.TableClause, text: Callable[[str], str]) -> bool:
    """Change every column except the key, row by row, because a revision may hold a complete site."""
    key, *others = table.c
    changed = False
    for name in op.get_bind().execute(sa.select(key)).scalars().all():
        values = op.get_bind().execute(sa.select(*others).where(key == name)).one()
        became = [with_secret_settings(value, text) for value in values]
        if became != list(values):
            changed = True
            columns = (column.name for column in others)
            op.execute(sa.update(table).where(key == name).values(dict(zip(columns, became, strict=True))))
    return changed
