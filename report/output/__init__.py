"""What people and programs read: the HTML report, JUnit, Markdown, the feed, pictures."""
