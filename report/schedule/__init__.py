"""What starts a run every night: systemd, cron or launchd."""
