"""Facts about the device: context that helps to read a session, never a sign of guilt."""
