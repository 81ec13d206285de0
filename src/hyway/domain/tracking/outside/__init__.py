"""Services of others that know roads and addresses."""
