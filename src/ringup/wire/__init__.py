"""Bytes to frozen values and back; nothing here knows a socket or a clock."""
