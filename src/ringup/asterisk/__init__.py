"""The PBX side: our files in its folder, and its manager interface."""
