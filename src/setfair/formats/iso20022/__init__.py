"""ISO 20022 messages: readers and writers."""
