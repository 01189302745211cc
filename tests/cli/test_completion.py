"""Tab: what a shell asks of the command, and what it is offered."""

import pytest

from eipsim import cli


@pytest.fixture
def offered(capsys, monkeypatch):
    """What bash is offered after these words of a command line, the last of which is not finished."""

    def _offered(*words):
        monkeypatch.setenv("_EIPSIM_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(["eipsim", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main([])
        printed = capsys.readouterr()
        assert (end.value.code, printed.err) == (0, "")
        return printed.out.split()

    return _offered


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        (("comp",), "compare"),
        (("run", "full"), "full-package"),
        (("compare", "subsidy", "equal-budget/sc"), "equal-budget/screening"),
        (("run", "--world", "pil"), "pilot-parks"),
        (("run", "baseline", "--set", "behaviour.peer"), "behaviour.peer_weight="),
        (("run", "baseline", "--set", "levers.carbon_p"), "levers.carbon_price="),
        (("run", "--rule", "npv"), "npv_hurdle"),
        (("show", "wor"), "words"),
        (("show", "levers", "fin"), "fine_usd"),
        (("show", "words", "reg"), "regret"),
        (("sensitivity", "store", "--outcome", "parks_cert"), "parks_certified"),
        (("rank", "store", "--value", "co2_avoided_t"), "co2_avoided_t"),
        (("explain", "firm", "P352-001-1", "compr"), "compressed-air"),
    ],
    ids=" ".join,
)
def test_the_shell_is_offered_what_begins_so(offered, words, offer):
    found = offered(*words)
    assert offer in found
    assert all(name.startswith(words[-1]) for name in found)


@pytest.mark.parametrize(
    "words", [("run", "zzz"), ("show", "parks", "A"), ("show", "nothing", "A"), ("nothing", "A")], ids=" ".join
)
def test_where_there_is_nothing_to_offer_nothing_is(offered, words):
    assert offered(*words) == []


def test_help_says_how_to_install_it(capsys):
    assert cli.main(["--help"]) == 0
    assert "--install-completion" in capsys.readouterr().out
