"""Run scenarios: the author's API, page visits, journeys, retries after a crash, checkpoints."""
