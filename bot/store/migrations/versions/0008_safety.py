"""The crisis path: what an alert needs to be passed on, duty hours, confirmed lines of help"""

import sqlalchemy as sa
from alembic import op

import bot.store.database
import bot.store.sealing

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHEN = bot.store.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("confirmed_at", WHEN, nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("duty", sa.String(), nullable=True))
    with op.batch_alter_table("alert") as batch:
        batch.add_column(sa.Column("level", sa.String(), nullable=False, server_default="acute"))
        batch.add_column(sa.Column("text", bot.store.sealing.Sealed(), nullable=True))
        batch.add_column(sa.Column("show_text", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("why", sa.String(), nullable=False, server_default="wanted"))
        batch.add_column(sa.Column("written_at", WHEN, nullable=True))
        batch.add_column(sa.Column("reader_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reader_since", WHEN, nullable=True))
        batch.add_column(sa.Column("rings", sa.Integer(), nullable=False, server_default="0"))
        batch.create_foreign_key("alert_reader", "person", ["reader_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("alert") as batch:
        batch.drop_constraint("alert_reader", type_="foreignkey")
        for name in ("rings", "reader_since", "reader_id", "written_at", "why", "show_text", "text", "level"):
            batch.drop_column(name)
    op.drop_column("person", "duty")
    op.drop_table("confirmation")
