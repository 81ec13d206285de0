"""Words every context uses; no business nouns, no web."""
