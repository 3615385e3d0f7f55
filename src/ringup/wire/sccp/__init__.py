"""SCCP (Skinny), the protocol between CallManager's phones and chan_skinny: frames and messages over TCP.

`frame` cuts the stream into frames, `layout` reads and writes a message's fields, and the messages are
defined in `of_phone` and `of_server`. Sources: P-SCCP-1 to P-SCCP-30.
"""
