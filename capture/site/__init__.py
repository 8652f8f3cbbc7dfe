"""The site that a run visits: the live one, or a replica served on this machine."""
