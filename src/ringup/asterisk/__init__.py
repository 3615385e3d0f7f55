"""The PBX side: ringup's files in Asterisk's folder, and Asterisk's manager interface."""
