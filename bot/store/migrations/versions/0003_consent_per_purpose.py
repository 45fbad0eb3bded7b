"""Consent per purpose: whether texts are read for language feedback is a consent, no longer a mere setting.

Nobody has said yes to that purpose yet, so nobody's "on" becomes one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("feedback")


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feedback", sa.Boolean(), nullable=False, server_default=sa.false()))
