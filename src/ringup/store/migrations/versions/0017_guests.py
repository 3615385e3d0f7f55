"""Unknown phones may be guests, and names that wait for a phone may have a code."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guests",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("model", sa.String(16), nullable=False),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("code_until", sa.Float(53), nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("blocked_until", sa.Float(53), nullable=False),
    )
    op.create_table(
        "claim_codes",
        sa.Column("code", sa.String(6), primary_key=True),
        sa.Column("mac", sa.String(12), nullable=False, unique=True),
        sa.Column("until", sa.Float(53), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("claim_codes")
    op.drop_table("guests")
