"""The real house, SQLite and processes, on a disk that fails at every moment: `make torture`."""
