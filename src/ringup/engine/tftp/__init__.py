"""The engine of the TFTP server: datagrams and the time in, datagrams and events out."""
