"""The tutorial made anew: pictures with callouts, and its page."""
