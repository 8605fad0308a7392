"""The backend's own tests run in its own environment (test.sh): the repository's has no Flask."""

collect_ignore = ["backend", "frontend"]
