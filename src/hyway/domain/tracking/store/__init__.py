"""Tables and statements of tracking."""
