"""The table of files and its statements."""
