"""Store rollouts: changes of the firmware of many phones, and the progress of each phone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollouts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
    )
    op.create_table(
        "rollout_phones",
        sa.Column("rollout", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rollout_phones")
    op.drop_table("rollouts")
