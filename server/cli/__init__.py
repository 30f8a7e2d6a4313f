"""The commands of `veritype-server`, one module for each thing an operator handles."""
