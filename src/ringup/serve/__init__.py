"""The server: the only folder with sockets, tasks and a clock."""
