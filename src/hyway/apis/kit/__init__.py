"""What the API families share: routes with stated needs, credentials, limits, strict input, OpenAPI."""
