"""Draft a scenario from a tutorial that exists as a document."""
