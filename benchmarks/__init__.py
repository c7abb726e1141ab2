"""Measure speed, memory and answers; the machine is best left alone meanwhile."""
