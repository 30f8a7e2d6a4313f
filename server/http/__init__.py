"""What all routes share: bodies, refusals as problems, headers."""
