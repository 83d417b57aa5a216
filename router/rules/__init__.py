"""The administrator's routing rules."""
