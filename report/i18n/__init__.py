"""French and English: every sentence that people read, and the day a moment is of."""
