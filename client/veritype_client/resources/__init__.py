"""What a platform can ask about: for each thing its values and its methods."""
