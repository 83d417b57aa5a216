"""What of a message may be believed: who wrote each header field, and who the author is."""
