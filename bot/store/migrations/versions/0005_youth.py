"""A youth programme: who is under 18, and which peers' background was checked."""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("peerprofile", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("checked_at", bot.store.database.UtcDateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("peerprofile", schema=None) as batch_op:
        batch_op.drop_column("checked_at")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("minor")
