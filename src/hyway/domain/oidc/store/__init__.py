"""Tables and statements of signing in by OpenID Connect."""
