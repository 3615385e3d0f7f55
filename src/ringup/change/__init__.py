"""The one way to change a site: plain data in, all problems or one revision out."""
