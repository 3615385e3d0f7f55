"""Find the faults in a tree of phones' files, checked together, and the text to write instead."""
