"""Tables and statements of clicks, conversions, customers, and the roll-ups over them."""
