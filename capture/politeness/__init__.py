"""Manners towards other people's sites: robots.txt, pauses, retries, one stream a host, walls and outages."""
