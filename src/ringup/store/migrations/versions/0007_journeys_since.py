"""Give journeys the time of their stage as a column, to find an overdue phone without its record."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SINCE = "since"


def upgrade() -> None:
    rows = _rows()
    op.drop_table("journeys")
    made = op.create_table("journeys", *_columns(), sa.Column(_SINCE, sa.Float(53), nullable=False))
    op.bulk_insert(made, [{**row, _SINCE: json.loads(row["record"]).get(_SINCE, 0.0)} for row in rows])


def downgrade() -> None:
    rows = _rows()
    op.drop_table("journeys")
    op.bulk_insert(op.create_table("journeys", *_columns()), rows)


def _rows() -> list[dict[str, Any]]:
    """Return the rows without the new column."""
    names: list[sa.ColumnClause[Any]] = [sa.column(column.name) for column in _columns()]
    rows = op.get_bind().execute(sa.select(*names).select_from(sa.table("journeys")))
    return [dict(row) for row in rows.mappings()]


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("mac", sa.String(12), primary_key=True),
        sa.Column("event", sa.BigInteger, nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("model", sa.String(16), nullable=False),
        sa.Column("address", sa.String(15), nullable=False),
        sa.Column("has_trouble", sa.Boolean, nullable=False),
        sa.Column("is_phone", sa.Boolean, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    ]
