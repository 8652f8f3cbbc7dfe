"""Jobs that start a run every night: of systemd, cron or launchd."""
