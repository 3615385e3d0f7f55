"""Several servers on one database: which of them is active, and what each knows of the others."""
