"""What leads and administrators see at a glance, counted by day before anybody asks."""
