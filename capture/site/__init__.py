"""Where a scenario's hosts are reached: the live site, or a replica on this machine."""
