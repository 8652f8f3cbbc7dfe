"""Every check of the project; those that need Firefox are in `browser/`."""
