"""Add personal numbers to lines, for the Directory button of their phone."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lines", sa.Column("numbers", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("lines", "numbers")
