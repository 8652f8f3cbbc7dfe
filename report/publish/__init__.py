"""Publish a tutorial: pictures with callouts, and its page."""
