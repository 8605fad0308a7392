"""The services' own tests are Node's (test.sh); only `tests` is pytest's."""

collect_ignore = ["frontend", "rest-api", "mail-service", "mail-catcher"]
