"""The parts' own tests run in their own environments (test.sh): the repository's has none of what they import."""

collect_ignore = ["admin", "api", "emulator", "web"]
