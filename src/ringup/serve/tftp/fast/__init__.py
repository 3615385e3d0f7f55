"""The optional C part of the TFTP server and its Python face."""
