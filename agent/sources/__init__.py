"""Where observations come from: one module per source, all behind `protocol.Source`."""
