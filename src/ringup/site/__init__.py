"""The operator's records: what phones there are, what they should be, and where they register."""
