"""The table of packages and its statements."""
