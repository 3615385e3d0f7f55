"""Lint: find the faults in a TFTP root's files, checked together, and suggest or make repairs."""
