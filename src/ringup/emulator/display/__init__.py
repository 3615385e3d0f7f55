"""The display of the 7940 and 7960, and its buttons and soft keys."""
