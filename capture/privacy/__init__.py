"""The guard of personal data: what may be typed, clicked, sent and kept."""
