"""A visitor that comes every few minutes, and says how it was received."""
