"""Runs jobs of several steps as real processes, and tells what happens as typed events."""
