"""The guard: what a scenario may type, click, send and keep, and what may leave the browser."""
