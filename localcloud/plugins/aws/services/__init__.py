"""The table itself: one file a service."""
