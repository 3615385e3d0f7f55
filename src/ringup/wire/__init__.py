"""Packet and file formats: bytes to frozen values and back, without sockets and clocks."""
