"""Look at a network before ringup serves it."""
