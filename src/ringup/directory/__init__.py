"""The company directory: names and numbers, and the search for them from a phone's keypad."""
