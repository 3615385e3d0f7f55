"""The ladder diagram of one phone: which message went where, which one is wrong, and which should come
next.
"""
