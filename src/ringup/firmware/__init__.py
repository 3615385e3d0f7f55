"""Firmware packages: reading, checking and filing them."""
