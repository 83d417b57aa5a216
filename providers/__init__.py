"""Providers of mailboxes: presets as data, how they are recognised, and their commands."""
