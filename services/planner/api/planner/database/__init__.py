"""Postgres by a login that is kept in a secret."""
