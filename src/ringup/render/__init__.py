"""Site and phone to text: pure, deterministic, one module a file kind."""
