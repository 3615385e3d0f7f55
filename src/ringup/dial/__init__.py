"""Dial templates (rules that decide when a phone dials), and Asterisk's dial patterns."""
