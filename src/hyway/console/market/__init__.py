"""The pages of creators and of those who work with them."""
