"""What must survive: the site and its revisions, leases, events."""
