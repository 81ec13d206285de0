"""Tables and statements of creators."""
