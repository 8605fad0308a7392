"""For developers: nothing here is part of the service."""
