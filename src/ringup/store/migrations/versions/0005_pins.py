"""Pins: the address that gets a phone's files if neither leases nor neighbours identify the phone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pins",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("address", sa.String(15), nullable=False, unique=True),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("by", sa.String(16), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("pins")
