"""The tables of billing and their statements."""
