"""Read what others wrote down: logs, pasted text and captures to the events of phones.

Nothing of ours has to run: the evidence is a log of somebody else's DHCP, TFTP or SIP server, or a capture.
"""
