"""What happens by itself or later: to campaigns, collabs, accounts and money."""
