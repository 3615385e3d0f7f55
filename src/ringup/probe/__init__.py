"""Probe a network before ringup serves it: ask its DHCP and TFTP servers as a phone would, and listen
to CDP.
"""
