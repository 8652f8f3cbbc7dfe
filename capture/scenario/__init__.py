"""Scenarios: tutorials, instructions and targets, and how scenario files are loaded, checked and rewritten."""
