"""Find the phone of an address by leases, the kernel's neighbour table or a pin."""
