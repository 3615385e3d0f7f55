"""TFTP's sockets and its thread."""
