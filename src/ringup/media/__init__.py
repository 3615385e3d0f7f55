"""Make ring tones and pictures for phones: convert any sound or picture to the phones' formats, and store the
files.
"""
