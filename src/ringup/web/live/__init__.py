"""Follows the database, and tells the open pages what has changed."""
