"""Politeness towards other people's sites: robots.txt, pauses, retries, one run a host, walls and outages."""
