"""Ring tones and pictures: any sound or picture to what a phone takes, and their files."""
