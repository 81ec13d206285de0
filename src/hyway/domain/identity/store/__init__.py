"""Tables and statements of identity."""
