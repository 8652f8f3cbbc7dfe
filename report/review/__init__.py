"""Decisions: approve, keep, ignore, put off, undo; in the browser or from the command line."""
