"""What measures and resources cost and give: catalogue, paths of the drivers, prices, and the books."""
