"""A street is a simulated site: the server, the phones and the PBX in one process, on a simulated clock."""
