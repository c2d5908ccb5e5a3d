"""Arithmetic that published facts must satisfy: the rule book, exact evaluation, and what falls into doubt."""
