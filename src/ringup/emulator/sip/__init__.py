"""The SIP user agent of the emulated phone: registration, calls, keys and sound."""
