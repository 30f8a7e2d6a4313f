"""What is recorded of a person: sealed, held, kept, given back and erased.

`docs/decisions/encryption-at-rest.md` says which key opens what, and why.
"""
