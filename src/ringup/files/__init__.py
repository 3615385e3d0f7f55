"""What a phone may fetch, over TFTP or HTTP alike."""
