"""People: accounts, roles, sessions and API tokens."""
