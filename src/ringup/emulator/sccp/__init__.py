"""The SCCP client of a phone in software: registration, keys, calls and sound."""
