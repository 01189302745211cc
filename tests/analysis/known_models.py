"""Models whose sensitivity is known, as a design's `model:`; `draws` are their luck."""

import math

import numpy as np

LUCKY = 0.5  # standard deviation of the noise of `noisy`


def ishigami(settings, *, scenario, draws, years):
    """Ishigami and Homma (1990), a = 7, b = 0.1."""
    x1, x2, x3 = settings["x1"], settings["x2"], settings["x3"]
    return {"y": math.sin(x1) + 7.0 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)}


def noise_of(draws):
    return np.random.default_rng([7, draws]).standard_normal()


def noisy(settings, *, scenario, draws, years):
    """0.6 x1 + 0.3 x2 + 0.1 x1 x2 with factors of mean 0 and variance 1, and noise of its own."""
    x1, x2 = settings["x1"], settings["x2"]
    return {"y": 0.8 * x1 + 0.4 * x2 + 0.2 * x1 * x2 + LUCKY * noise_of(draws)}


def linear(settings, *, scenario, draws, years):
    """A plane: every elementary effect is the slope."""
    return {"y": 2.0 * settings["x1"] - 0.5 * settings["x2"] + 3.0, "flat": 1.0, "luck": noise_of(draws)}


def growing(settings, *, scenario, draws, years):
    """x1 decides at first, x2 in the end; nothing varies in the first year."""
    time = np.linspace(0.0, 1.0, len(years))
    x1, x2 = settings["x1"], settings["x2"]
    if settings.get("trap", 0.0) > 0.99:
        raise ValueError("this point has no solution")
    return {"y": time * ((1.0 - time) * x1 + time * x2), "ratio": np.where(x1 > 0.02, 1.0, np.nan) * (x1 + time)}


def chosen(settings, *, scenario, draws, years):
    """Depends on a choice and on a whole number."""
    return {"y": {"low": 0.0, "high": 4.0}[settings["kind"]] + settings["count"]}


def programme(settings, *, scenario, draws, years):
    """A programme at 90 firms of unequal size: options are named with one probability and taken with another."""
    luck = np.random.default_rng([11, draws])
    options = luck.poisson(12.0, size=90)
    identified = luck.binomial(options, settings["identify"]).sum()
    return {"identified": float(identified), "implemented": float(luck.binomial(identified, settings["accept"]))}


def line_and_choice(settings, *, scenario, draws, years):
    """A line of slope 1, a choice whose values lie evenly from 0 to 1 in some order, and a whole number from 0 to 1."""
    places = {"a": 0.5, "b": 0.0, "c": 1.0, "d": 0.25, "e": 0.75}
    two = {"off": 0.0, "on": 1.0}
    return {"y": settings["line"] + places[settings["five"]] + two[settings["two"]] + settings["count"] / 4.0}


def policies(settings, *, scenario, draws, years):
    """A policy whose gain depends on x2 alone, on top of what x1 and luck do to all of them."""
    gain = {"without": 0.0, "with": 3.0 * settings["x2"]}[scenario]
    return {"y": 10.0 * settings["x1"] + noise_of(draws) + gain}


def alone(settings, *, scenario, draws, years):
    """x1 moves the outcome, x3 a little, x2 not at all."""
    return {"y": settings["x1"] + 0.5 * settings["x3"]}
