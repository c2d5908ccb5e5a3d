"""What a person reads and decides: issues, their sentences, and documents checked without a warehouse."""
