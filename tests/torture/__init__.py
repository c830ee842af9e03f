"""The real house, the real SQLite and the real processes, on a disk that fails at every moment: `make torture`."""
