"""Compare tonight's capture with the approved one."""
