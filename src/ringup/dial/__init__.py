"""Dial templates: reading, matching, checking and making them, and Asterisk's dial patterns."""
