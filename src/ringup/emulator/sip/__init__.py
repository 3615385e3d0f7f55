"""The emulated telephone: registration, calls, keys and sound."""
