"""Add the protocol of phones and groups, SIP or SCCP, and the speed dials of phones."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("groups", "phones"):
        op.add_column(table, sa.Column("protocol", sa.String(8), nullable=False, server_default=""))
    op.add_column("phones", sa.Column("speed_dials", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("phones", "speed_dials")
    for table in ("phones", "groups"):
        op.drop_column(table, "protocol")
