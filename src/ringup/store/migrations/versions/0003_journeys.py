"""Store journeys, so that `ringup watch` need not read every event, and a phone's events can be found.

An index of the events would take four times as long as the events do in a boot storm; these rows are written
afterwards.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journeys",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("event", sa.BigInteger, nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("model", sa.String(16), nullable=False),
        sa.Column("address", sa.String(15), nullable=False),
        sa.Column("has_trouble", sa.Boolean, nullable=False),
        sa.Column("is_phone", sa.Boolean, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "timeline",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    followed = op.create_table(
        "followed",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("pbx_lost", sa.Text, nullable=False),
    )
    op.bulk_insert(followed, [{"id": 1, "event": 0, "version": 0, "pbx_lost": ""}])


def downgrade() -> None:
    for table in ("followed", "timeline", "journeys"):
        op.drop_table(table)
