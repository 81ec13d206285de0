"""Actions: what is to be done, by whom, and what becomes of it."""
