"""Files of text made from a site and a phone: pure, deterministic, one module per kind of file."""
