"""eipsim: how industrial parks become eco-industrial parks, firm by firm, park by park, policy by policy.

The public names are loaded when first used, so that `import eipsim` stays light.

>>> import eipsim
>>> run = eipsim.simulate("baseline", world="pilot-parks", seed=1)        # doctest: +SKIP
"""

from eipsim.core.later import load

HOMES = {
    "simulate": "runs.simulation",
    "Run": "runs.simulation",
    "EIPModel": "model.model",
    "build_world": "world",
    "load_scenario": "scenarios.loading",
    "list_scenarios": "scenarios.files",
    "simulate_many": "sweeps.replicates",
    "compare": "analysis.compare",
    "Comparison": "analysis.compare",
    "validate": "analysis.evidence.validation",
    "Validation": "analysis.evidence.validation",
    "read_facts": "analysis.evidence.facts",
    "load_ensemble": "data.parameters",
    "load_design": "designs.reading",
    "run_sweep": "sweeps.sweep",
    "forecast": "sweeps.forecast",
    "Store": "stores.store",
    "Study": "analysis.study",
    "sensitivity": "analysis.sensitivity.indices",
    "rank": "analysis.choice.ranking",
    "value_of_information": "analysis.choice.information",
    "cost_per_tonne": "analysis.choice.cost_per_tonne",
    "discover": "analysis.discovery.discovery",
    "figures": "figures",
    "errors": "errors",
}

__all__ = ["__version__", *HOMES]


def __getattr__(name: str):
    if name == "__version__":
        return _version()
    if name not in HOMES:
        raise AttributeError(f"module 'eipsim' has no attribute {name!r}")
    module = load(f"eipsim.{HOMES[name]}")
    return getattr(module, name, module)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("eipsim")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"


def __dir__():
    return sorted(__all__)
