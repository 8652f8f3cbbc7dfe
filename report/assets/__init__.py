"""New pictures for the tutorial, and its page."""
