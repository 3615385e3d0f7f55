"""The only way to change a site: it takes plain data, and returns all problems or one revision."""
