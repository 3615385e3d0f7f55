"""The server's only sockets, tasks and clock."""
