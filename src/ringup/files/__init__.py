"""The files that a phone may fetch, the same over TFTP and HTTP."""
