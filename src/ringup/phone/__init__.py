"""Facts about the phones, as tables."""
