"""The phones of a site and where each stands: our record of it and its journey, together."""
