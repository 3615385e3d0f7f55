"""Make text files from a site and a phone; pure and deterministic, with one module per kind of file."""
