"""Where evidence is kept. Services know `server.storage.protocols` only."""
