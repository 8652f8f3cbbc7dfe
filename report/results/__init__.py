"""The run record, and what is derived from it: markers, suggested fixes, excerpts."""
