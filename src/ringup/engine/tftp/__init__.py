"""The TFTP conversation: datagrams and the time in, datagrams and events out."""
