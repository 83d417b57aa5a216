"""Reading a message: bytes that nobody promised to be well-formed, to text and addresses."""
