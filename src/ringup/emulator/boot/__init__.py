"""The emulated phone from power-on to its files."""
