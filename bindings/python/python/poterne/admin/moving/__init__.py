"""Readers of what other systems keep: each gives the authenticators that it finds, and what is wrong with the others. None of them writes."""
