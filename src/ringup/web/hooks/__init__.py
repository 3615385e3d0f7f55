"""Webhooks: messages to other programs when a phone registers, is lost, appears, or a cause is found."""
