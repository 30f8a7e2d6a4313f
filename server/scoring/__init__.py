"""From a session's stored batches to its assessment, in a process of its own."""
