"""The tables of connections and their statements."""
