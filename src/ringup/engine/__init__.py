"""Protocol engines: a datagram and the time go in, datagrams and events come out.

An engine has no socket, no clock and no log.
"""
