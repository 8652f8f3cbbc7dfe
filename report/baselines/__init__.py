"""Approved captures, and what people decided about them."""
