"""The authors' side: tutorials, instructions and targets; loading, checking and rewriting of scenarios."""
