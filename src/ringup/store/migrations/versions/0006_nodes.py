"""Several nodes on one database: each node's address, and the active node of each service."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(15), nullable=False),
        sa.Column("serves_files", sa.Boolean, nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("seen", sa.Float(53), nullable=False),
    )
    op.create_table(
        "active_nodes",
        sa.Column("service", sa.String(64), primary_key=True),
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("until", sa.Float(53), nullable=False),
    )


def downgrade() -> None:
    for table in ("active_nodes", "nodes"):
        op.drop_table(table)
