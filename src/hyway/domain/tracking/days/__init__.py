"""What a user did: trips, stops and gaps out of positions, and what is asked of them."""
