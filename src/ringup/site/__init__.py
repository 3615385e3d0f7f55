"""The operator's records: which phones there are, how they are configured, and where they register."""
