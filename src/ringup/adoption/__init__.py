"""Import an existing TFTP folder as records of the site, with a comparison of both."""
