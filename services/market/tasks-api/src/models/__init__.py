"""What the service speaks of: tables, and what callers send and get."""
