"""A street is a simulated site: ringup's server, emulated phones and a PBX in one process, on a simulated
clock.
"""
