"""A running Kea: what ringup adds to its configuration, and the control socket by which ringup changes it."""
