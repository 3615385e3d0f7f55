"""The demo: a private network on this machine with a PBX, the server and software phones."""
