"""Store the present faults of the machine and of Asterisk, so that every `ringup watch` shows them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("followed", sa.Column("faults", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("followed", "faults")
