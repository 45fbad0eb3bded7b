"""find without looking through all"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NEW = {
    "outbox": {"outbox_next": ["outcome", "urgent", "id"], "outbox_sent": ["outcome", "settled_at"]},
    "due": {
        "due_next": ["status", "due_at", "id"],
        "ix_due_late_since": ["late_since"],
        "ix_due_subject": ["subject"],
    },
    "request": {"request_of_person": ["person_id", "status"]},
    "person": {"ix_person_coordinator": ["coordinator"]},
    "meeting": {"ix_meeting_series_id": ["series_id"]},
}
OLD = {
    "outbox": {"outbox_settled": ["settled_at"]},
    "due": {"ix_due_status": ["status"], "ix_due_due_at": ["due_at"]},
    "request": {"ix_request_person_id": ["person_id"]},
    "match": {"ix_match_status": ["status"]},
    "meeting": {"ix_meeting_status": ["status"]},
}
"""Nearly all rows have the same status: whoever looked by it looked through all."""


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)


def _replace(gone: dict[str, dict[str, list[str]]], come: dict[str, dict[str, list[str]]]) -> None:
    for table, indexes in gone.items():
        for name in indexes:
            op.drop_index(name, table)
    for table, indexes in come.items():
        for name, columns in indexes.items():
            op.create_index(name, table, columns)
