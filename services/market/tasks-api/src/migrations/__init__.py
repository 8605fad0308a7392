"""Alembic's migrations; a new one: `.venv/bin/alembic revision --autogenerate --message "what it does"`."""
