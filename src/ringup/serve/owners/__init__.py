"""Which phone an address belongs to: by our leases, another server's, the neighbour table, or a pin."""
