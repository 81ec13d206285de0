"""The API families: how each vendor's wire speaks of the same domain."""
