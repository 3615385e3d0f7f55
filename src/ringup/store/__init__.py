"""Keep in the database what must survive: the site and its revisions, leases, events."""
