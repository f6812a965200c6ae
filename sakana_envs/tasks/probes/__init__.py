"""Probes: tasks that a right trainer learns in seconds, and a trainer with a certain fault fails."""
