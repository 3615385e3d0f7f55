"""A street in the computer: the server, the phones and the PBX in one process, on a clock of their own."""
