"""Output of a run: the HTML report, JUnit XML, Markdown, the Atom feed and their pictures."""
