"""Creators and the organizations that pay them: campaigns, collabs, submissions, social accounts, money."""
