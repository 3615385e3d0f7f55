"""The one way to change a site: plain data goes in; all problems, or one revision, come out."""
