"""Pages of billing: what an account owes and how it pays, and invoices for whoever has their address."""
