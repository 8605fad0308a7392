"""The function's own tests run in its own environment (test.sh): the repository's has no pg8000."""

collect_ignore = ["deploy-steps"]
