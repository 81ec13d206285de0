"""Campaigns: programmes that pay for views, who is in them, and the posts they made."""
