"""Firmware packages: reading and checking them, and adding them to the firmware folder."""
