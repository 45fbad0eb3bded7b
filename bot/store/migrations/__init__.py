"""The tables' history. `env.py` and `versions/` are read by Alembic."""
