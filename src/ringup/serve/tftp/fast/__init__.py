"""The optional C library of the TFTP server, and its Python interface."""
