"""Import an existing TFTP folder into the site's records, and compare the phones' values before and after."""
