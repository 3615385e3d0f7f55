"""Store the logins that Asterisk keeps for lines whose phones have not yet fetched the new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_secrets",
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("extension", sa.String(127), primary_key=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("auth_name", sa.Text, nullable=False),
        sa.Column("after", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("held_secrets")
