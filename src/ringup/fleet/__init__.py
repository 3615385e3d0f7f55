"""The fleet: each phone's record in the site together with its journey (boot progress), and the resulting
state.
"""
