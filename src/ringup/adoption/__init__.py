"""Import an existing TFTP folder as records of the site, and compare both."""
