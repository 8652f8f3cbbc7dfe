"""Translation, sentences and dates in French and English."""
