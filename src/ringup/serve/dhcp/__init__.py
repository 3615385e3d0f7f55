"""DHCP's sockets, probes and lease commits."""
