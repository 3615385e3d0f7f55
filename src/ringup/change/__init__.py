"""The only way to change a site: plain data becomes either one new revision, or a list of all problems."""
