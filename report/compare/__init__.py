"""Compare a candidate with its baseline."""
