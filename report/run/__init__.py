"""One run, from the visits to the written report."""
