"""The command line: thin layers over one verb each. `main` puts the commands together."""
