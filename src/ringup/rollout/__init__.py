"""Change the firmware of many phones in waves: choose the next phones, and decide whether a phone runs its
load.
"""
