"""The embedded database: one file, one writer of batches."""
