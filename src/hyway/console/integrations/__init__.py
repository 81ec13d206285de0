"""Pages of integrations, of what is connected by them, of DNS zones, and of packages that this server gives away."""
