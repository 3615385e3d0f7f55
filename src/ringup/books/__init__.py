"""The address books behind the phones' directory: reading them, and keeping their last good names."""
