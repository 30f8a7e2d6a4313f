"""How an installation is laid out, set up, run and watched."""
