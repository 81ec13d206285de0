"""Speed claims: each one a command that prints its figures beside a named peer or limit of the same run."""
