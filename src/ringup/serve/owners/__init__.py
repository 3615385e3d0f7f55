"""Find the phone of an address: by ringup's own leases, another server's leases, the neighbour table, or a
pin.
"""
