"""The services' own tests run in their own environments (test.sh): the repository's has none of what they import."""

collect_ignore = ["client", "contracts", "market-api", "postman", "tasks-api"]
