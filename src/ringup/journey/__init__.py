"""Turn events into journeys. A journey is the state of one phone: its boot stage, requests, calls and
troubles.
"""
