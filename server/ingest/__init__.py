"""The one hot route: sealed batches in, receipts out."""
