"""Reports of machines about a message of ours: bounces, receipts, complaints (RFC 6522)."""
