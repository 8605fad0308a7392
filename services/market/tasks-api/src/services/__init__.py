"""What the routes stand on: database, cache, tokens, events."""
