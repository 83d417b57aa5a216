"""Signed marks of ours: in addresses, Message-IDs and headers, read and written."""
