"""What the `hyway` command can do, by subject; `hyway.cli` puts it together."""
