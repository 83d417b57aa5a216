"""What a record shows of a message: its text, its files, and what is said about both."""
