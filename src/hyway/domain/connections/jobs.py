"""What happens to connections by themselves."""
