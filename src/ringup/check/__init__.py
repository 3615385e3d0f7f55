"""Checks that need no phone: probes return facts, rules judge them."""
