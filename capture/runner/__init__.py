"""From tutorials to captures: steps, journeys, retries after a crash, checkpoints."""
