"""The services' own tests run in their own environments (test.sh); only `tests` is this repository's pytest's."""

collect_ignore = ["api", "web"]
