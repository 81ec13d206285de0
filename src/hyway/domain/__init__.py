"""The bounded contexts: what the product is, with no word of how an API speaks."""
