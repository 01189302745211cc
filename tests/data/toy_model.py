"""Small models for tests of sweeps: functions of settings, draws and scenario, with an answer for every year."""

import math
import os
import signal
import time


def note(settings, scenario, draws):
    """A line in the log of executions, so that tests can count them."""
    log = os.environ.get("TOY_LOG")
    if log:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, f"{scenario} {settings['x']!r} {draws}\n".encode())
        os.close(handle)


def toy(settings, *, scenario, draws, years):
    """A path and a number; x above 0.9 has no answer, and x below 0.05 has none that is a number."""
    x = settings["x"]
    note(settings, scenario, draws)
    time.sleep(float(os.environ.get("TOY_SECONDS", "0")))
    if x > 0.9:
        raise ValueError("x is too large")
    path = [len(scenario) + draws + math.sin(x * (year - 2000)) for year in years]
    return {"path": path, "number": math.nan if x < 0.05 else x}


def fatal(settings, *, scenario, draws, years):
    """Kills its process where x is between 0.5 and 0.55, as a fault in compiled code would."""
    if 0.5 < settings["x"] < 0.55:
        os.kill(os.getpid(), signal.SIGKILL)
    return toy(settings, scenario=scenario, draws=draws, years=years)


def fickle(settings, *, scenario, draws, years):
    """Fails until the file named by TOY_HEALED exists."""
    if settings["x"] > 0.5 and not os.path.exists(os.environ["TOY_HEALED"]):
        raise OSError("the licence server does not answer")
    return toy(settings, scenario=scenario, draws=draws, years=years)
