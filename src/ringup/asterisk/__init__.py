"""The PBX side: ringup's files in Asterisk's folder, and the connection to Asterisk's manager interface
(AMI).
"""
