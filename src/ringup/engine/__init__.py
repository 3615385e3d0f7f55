"""Protocol engines: a datagram and the time go in, datagrams and events come out. No socket, no clock, no
log.
"""
