"""The whole of it as people meet it: a real server, a real browser, a customer's own shop."""
