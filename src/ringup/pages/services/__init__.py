"""Services: the pages behind the entries of the phone's Services button."""
