"""Facts about the phones as tables, and functions that read these tables."""
