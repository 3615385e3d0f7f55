"""The fleet: each phone's record in the site, together with its journey, and the state that follows from
both.
"""
