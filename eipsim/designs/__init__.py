"""What varies between runs: designs, factors, samplers, points, and the names of runs."""
