"""Read the records of other programs (logs, pasted text and captures) and return the events of phones.

ringup itself need not run: the evidence is a log of another DHCP, TFTP or SIP server, or a capture.
"""
