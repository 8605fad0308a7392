"""Faults at random moments of real runs; afterwards the next run has to put everything right."""
