"""What is told: bodies on the wire, events, webhooks, frames of streams."""
