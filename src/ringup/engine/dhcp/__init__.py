"""The engine of the DHCP server: messages and the time in, replies and events out."""
