"""Tables and statements of notices."""
