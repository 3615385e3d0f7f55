"""The SCCP half of a phone in software: registration, keys, calls and sound."""
