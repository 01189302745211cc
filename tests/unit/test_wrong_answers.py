"""What a verb or rule of the user's own returns is looked at, and what cannot be meant is told in one sentence."""

import numpy as np
import pytest

from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.cli import main
from eipsim.errors import InputError, RunError
from eipsim.market.catalogue import N_MEASURES
from eipsim.model.model import EIPModel
from eipsim.model.own_rules import find_rule

CHANCES = f"allowed: an array of {N_MEASURES} probabilities from 0 to 1, one a measure"


def with_third(value):
    chances = np.zeros(N_MEASURES)
    chances[2] = value
    return chances


class Stub(Firm):
    answer: object = None

    def weigh(self):
        return self.answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "returned None"),
        (0.5, "returned 0.5"),
        ("much", "returned 'much'"),
        ({"lighting": 1.0}, "returned {'lighting': 1.0}"),
        (np.zeros(3), r"returned an array of shape \(3,\)"),
        (np.zeros((1, N_MEASURES)), rf"returned an array of shape \(1, {N_MEASURES}\)"),
        (with_third(np.nan), r"returned nan for \S+"),
        (with_third(1.5), r"returned 1.5 for \S+"),
        (with_third(-0.1), r"returned -0.1 for \S+"),
    ],
)
def test_a_firm_that_weighs_wrongly_is_told(answer, told, monkeypatch):
    monkeypatch.setattr(Stub, "answer", answer)
    with pytest.raises(RunError, match=rf"^Stub\.weigh of P\d+-\d+-\d+ in 2015: {told}; {CHANCES}$"):
        EIPModel(world="pilot-parks", firm_class=Stub).step()


def test_a_firm_that_weighs_wrongly_when_it_applies_for_a_voucher_is_told(monkeypatch):
    class Late(Firm):
        def weigh(self):
            return np.full(N_MEASURES, np.nan) if self.model.year >= 2026 else super().weigh()

        def consider_measures(self):
            pass

    model = EIPModel("subsidy", world="pilot-parks", firm_class=Late)
    with pytest.raises(RunError, match=r"Late\.weigh of \S+ in 2026: returned nan"):
        model.run()


@pytest.mark.parametrize("kind", [list, tuple, np.float32, bool])
def test_what_can_be_read_as_probabilities_is_taken(kind, monkeypatch):
    ones = np.ones(N_MEASURES)
    monkeypatch.setattr(Stub, "answer", kind(ones) if kind in (list, tuple) else ones.astype(kind))
    assert EIPModel(world="pilot-parks", years=(2015, 2015), firm_class=Stub).run().recp_measures_installed > 0


def test_settle_that_is_given_no_probabilities_is_told():
    class Short(Firm):
        def consider_measures(self):
            self.settle(self.weigh()[:5])

    with pytest.raises(RunError, match=rf"Short\.settle of \S+ in 2015: was given an array of shape \(5,\); {CHANCES}"):
        EIPModel(world="pilot-parks", firm_class=Short).step()


def returning(base, verb):
    return type("Mine", (base,), {verb: lambda self: 0.5})


@pytest.mark.parametrize(
    ("base", "verb", "argument"),
    [
        (Firm, "consider_measures", "firm_class"),
        (Firm, "learn", "firm_class"),
        (ParkOperator, "operate", "operator_class"),
        (Regulator, "act", "regulator_class"),
    ],
)
def test_a_verb_that_returns_what_nobody_takes_is_told(base, verb, argument):
    told = rf"^Mine\.{verb} of .+ in 2015: returned 0.5; allowed: nothing; what it does, it writes to its agent$"
    with pytest.raises(RunError, match=told):
        EIPModel(world="pilot-parks", **{argument: returning(base, verb)}).step()


# ---- rules -----------------------------------------------------------------------------------------------------------


def much(cost, saving, lifetime, size, peers, effects):
    return 2.0 if peers > 0.11 else 0.5


def maybe(cost, saving, lifetime, size, peers, effects):
    return None if peers > 0.11 else 0.5


def nought_over_nought(cost, saving, lifetime, size, peers, effects):
    return (peers - peers) * np.inf if peers > 0.11 else 0.5


def text(cost, saving, lifetime, size, peers, effects):
    return "x" if peers > 0.11 else 0.5


@pytest.mark.parametrize(
    ("rule", "answer"), [(much, 2.0), (maybe, None), (nought_over_nought, float("nan")), (text, "x")]
)
def test_a_rule_tells_what_it_was_asked_and_has_returned(rule, answer):
    """Compiled or not: the last of these cannot be."""
    found, asked = find_rule(rule), (1000.0, 500.0, 10, 1e5, 0.2, 0.0)
    assert (found.compiled is None) == (rule is text)
    ask = found.compiled or found.checked
    told = rf"^rule {rule.__name__}: returned {answer!r} for cost = 1000 USD, .*, peers = 0.2, effects = 0; allowed: a prob"
    with pytest.raises(RunError, match=told), found.guarded():
        ask(*asked)
    assert ask(1000.0, 500.0, 10, 1e5, 0.1, 0.0) == 0.5


def test_a_rule_that_returns_no_probability_is_told_by_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("def odd(*given):\n    return 'x' if given[4] > 0.11 else 0.5\n")
    run = ["run", "baseline", "--world", "pilot-parks", "--rule", "mine.py:odd", "--no-figures", "--out", "out"]
    assert main(run) == 3
    err = " ".join(capsys.readouterr().err.split())
    assert "rule mine.py:odd: returned 'x' for cost = " in err
    assert "allowed: a probability from 0 to 1" in err
    assert "Traceback" not in err


def test_a_compiled_rule_that_goes_wrong_stops_the_run():
    with pytest.raises(RunError, match=r"^rule much: returned 2\.0 for cost"):
        EIPModel(world="pilot-parks", rule=much, stepping="agents").run()


@pytest.mark.parametrize("answer", [float("nan"), None, 1.5, np.zeros(2)])
def test_a_rule_that_is_wrong_from_the_start_is_no_rule(answer):
    def wrong(*_):
        return answer

    with pytest.raises(InputError, match=r"rule wrong: returned .*; allowed: a probability from 0 to 1"):
        find_rule(wrong)
