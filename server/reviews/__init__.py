"""Reviews: how sessions come before people, what they say blind, and what follows from it."""
