"""Sites on which scenarios run: the live site, or a replica on this machine."""

LIVE = "live"
"""Name of the live site."""
