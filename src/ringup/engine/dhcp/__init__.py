"""The DHCP conversation: messages and the time in, replies and events out."""
