"""The tables of projects and their statements."""
