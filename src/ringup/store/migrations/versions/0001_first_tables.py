"""First tables: the site and its revisions, leases, events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_site()
    _create_phones()
    _create_history()


def _create_site() -> None:
    site = op.create_table(
        "site",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record", sa.JSON, nullable=False),
    )
    op.bulk_insert(site, [{"id": 1, "record": {}}])
    op.create_table(
        "groups",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("load", sa.Text, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
    )


def _create_phones() -> None:
    op.create_table(
        "phones",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("model", sa.String(16), nullable=False),
        sa.Column("group", sa.String(64), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("address", sa.String(15)),
        sa.Column("load", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
    )
    op.create_table(
        "lines",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("extension", sa.String(127), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("auth_name", sa.Text, nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("voicemail", sa.Boolean, nullable=False),
        sa.Column("voicemail_pin", sa.Text, nullable=False),
    )


def _create_history() -> None:
    op.create_table(
        "leases",
        sa.Column("address", sa.String(15), primary_key=True),
        sa.Column("mac", sa.String(12), nullable=False),
        sa.Column("expires", sa.Float(53), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("host_name", sa.Text, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("mac", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_mac", "events", ["mac", "id"])
    op.create_index("events_by_time", "events", ["at"])


def downgrade() -> None:
    for table in ("events", "leases", "lines", "phones", "revisions", "groups", "site"):
        op.drop_table(table)
