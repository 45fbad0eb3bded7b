"""when due work first failed"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "due", sa.Column("late_since", bot.store.database.UtcDateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("due", "late_since")
