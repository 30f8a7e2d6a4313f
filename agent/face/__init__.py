"""What the trainer sees and says: status, consent, the socket between command line and agent."""
