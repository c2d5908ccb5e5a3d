"""What was published: the store of documents on disk with their sidecars, and how documents enter it."""
