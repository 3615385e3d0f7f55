"""Several servers (nodes) on one database: which of them is active, and how they find each other."""
