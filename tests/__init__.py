"""Tests; those that need Firefox are in `browser/`."""
