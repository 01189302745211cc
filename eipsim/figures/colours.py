"""The palette of all figures, and how series are told apart."""

# Okabe and Ito (2008), safe for the colour-blind; dark and light alternate, so that print in grey can be read.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, BLACK, YELLOW = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#000000", "#F0E442",
)  # fmt: skip
GREY, LIGHT, FAINT = "#6b6b6b", "#b8b8b8", "#e6e6e6"
SERIES = (
    (BLACK, "-"), (BLUE, "--"), (VERMILION, "-."), (GREEN, ":"), (PURPLE, (0, (6, 1, 1, 1))), (ORANGE, (0, (3, 1))),
)  # fmt: skip
