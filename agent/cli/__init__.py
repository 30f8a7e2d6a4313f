"""The `veritype` command, one module per group of commands."""
