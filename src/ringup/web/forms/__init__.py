"""Forms made from the site's records: fields with their limits and help, and the sent values as a record."""
