"""The review console: server-rendered pages for trainers and auditors."""
