"""The emulated phone's boot: from power-on until it has read its configuration files."""
