"""What components are made with: addresses, contents, policies, tags. Knows no configuration."""
