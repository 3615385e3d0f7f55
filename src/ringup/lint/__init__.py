"""What is wrong with a tree of phones' files, seen as one bundle, and what to write instead."""
