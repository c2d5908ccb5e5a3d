"""One release month against others: what a publication should be, given the ones before it."""
