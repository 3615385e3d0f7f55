"""Conversations: a datagram and the time in, datagrams and events out. No socket, no clock, no log."""
