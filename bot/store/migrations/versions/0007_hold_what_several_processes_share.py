"""hold what several processes share"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("inbox", "outbox"):
        op.add_column(
            table, sa.Column("held_until", bot.store.database.UtcDateTime(timezone=True), nullable=True)
        )
    op.create_index("inbox_oldest", "inbox", ["handled_at", "update_id"])
    op.create_index("outbox_settled", "outbox", ["settled_at"])


def downgrade() -> None:
    op.drop_index("outbox_settled", "outbox")
    op.drop_index("inbox_oldest", "inbox")
    for table in ("inbox", "outbox"):
        op.drop_column(table, "held_until")
