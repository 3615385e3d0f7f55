"""Change the firmware of many phones in waves: who is next, and what proves that a phone runs its load."""
