"""Takes Cisco IP phones from the box to dial tone on Asterisk."""

__version__ = "0.2.0"
