"""The database: the site and its revisions, leases, events, and the journeys of phones."""
