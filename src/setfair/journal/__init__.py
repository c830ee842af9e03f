"""What happened, in order: how one batch becomes a page of bytes and back (docs/journal-record.md)."""
