"""The dashboard without a browser: addresses, turns, saved files, words, and what its command is told wrong."""

import asyncio
import contextlib
import re
import socket
import threading
import time

import pytest
import solara
from ipyvue import VueTemplate
from solara.autorouting import RoutingProvider
from test_report import Marked, Texts

from eipsim.cli import main
from eipsim.dashboard import opening as openings
from eipsim.dashboard import serving
from eipsim.dashboard.address import Ask, Moved, read_address, usual_address
from eipsim.dashboard.app import Dashboard, routes
from eipsim.dashboard.computing import Kept, Stop, Turns, case_of, run_of, simulated
from eipsim.dashboard.opening import Opening, open_with, opening_of
from eipsim.dashboard.scenario_file import file_of
from eipsim.errors import InputError, StoppedError
from eipsim.language import LANGUAGES
from eipsim.scenarios.loading import load_scenario
from eipsim.world.outline import outline_of

PILOTS = Opening(world="pilot-parks")


@pytest.fixture(autouse=True)
def opened_again():
    before = openings.opened()
    open_with(PILOTS)
    yield
    open_with(before)


def asked(scenario="baseline", *levers):
    return Ask(scenario, "pilot-parks", "acceptance_curve", 1, levers)


# ---- addresses -------------------------------------------------------------------------------------------------------


def test_an_address_says_all_that_is_shown():
    of = read_address(
        "/map", "scenario=subsidy&lever.carbon_price=20@2030&year=2035&beside=enforcement&lang=vi&seed=7", PILOTS
    )
    assert of.ask == Ask("subsidy", "pilot-parks", "acceptance_curve", 7, (Moved("carbon_price", 20.0, 2030),))
    path, _, query = of.written(PILOTS).partition("?")
    assert read_address(path, query, PILOTS) == of
    assert usual_address(PILOTS).written(PILOTS) == "/"


def test_names_in_a_path_may_have_any_letter():
    of = usual_address(PILOTS).at("province", "Đồng Nai/x?y")
    assert read_address(of.written(PILOTS).partition("?")[0], "", PILOTS).parts == ("province", "Đồng Nai/x?y")


@pytest.mark.parametrize(
    "said",
    ["world=folder:/etc", "scenario=/etc/passwd", "scenario=mine.yaml", "rule=my_rule.py:mine", "lang=xx", "seed=x"],
)
def test_an_address_reaches_no_file_that_the_command_did_not_name(said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("extends: baseline\ntitle: Mine\n")
    of = read_address("/", said, PILOTS)
    assert of.ask == usual_address(PILOTS).ask
    assert len(of.mistakes) == 1


def test_a_lever_out_of_range_in_an_address_is_told_and_left_out():
    of = read_address("/", "lever.carbon_price=2000&lever.capital_subsidy=0.3@1999&lever.nonsense=1", PILOTS)
    assert of.ask.levers == ()
    assert [re.search(r"allowed: [^;]+|unknown", str(one)) is not None for one in of.mistakes] == [True] * 3


# ---- runs ------------------------------------------------------------------------------------------------------------


def test_two_runs_at_once_at_most():
    turns, done = Turns(2), []

    def work():
        with turns.taken(Stop()):
            time.sleep(0.02)
            done.append(1)

    threads = [threading.Thread(target=work) for _ in range(7)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (len(done), turns.most, turns.running) == (7, 2, 0)


def test_a_run_that_nobody_waits_for_ends_after_the_year_that_it_is_at():
    stop, years = Stop(), []

    def year_done(done, total):
        years.append(done)
        if done == 5:
            stop.set()

    with pytest.raises(StoppedError):
        simulated(asked(), stop, progress=year_done)
    assert years == [1, 2, 3, 4, 5]


def test_who_waits_for_a_turn_in_vain_leaves_the_queue():
    turns, stop = Turns(1), Stop()
    with turns.taken(Stop()):
        threading.Timer(0.05, stop.set).start()
        with pytest.raises(StoppedError), turns.taken(stop):
            pass
    with turns.taken(Stop()):
        assert turns.running == 1


def test_what_two_ask_for_is_made_once():
    kept, made = Kept(8), []

    def make():
        time.sleep(0.05)
        made.append(1)
        return "result"

    found = []
    threads = [threading.Thread(target=lambda: found.append(kept.get("a", make, Stop()))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (found, len(made)) == (["result"] * 4, 1)


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["baseline", "carbon-price"])
def test_a_saved_file_is_the_scenario_that_was_shown(scenario, tmp_path, capsys):
    ask = (
        asked(scenario)
        .with_lever(Moved("inspection_probability", 0.3, 2027))
        .with_lever(Moved("carbon_price", 55.0, 2030))
    )
    file = tmp_path / "what-if.yaml"
    file.write_text(file_of(ask, 'A "title": with # signs'), encoding="utf-8")
    assert load_scenario(file).digest == case_of(ask).digest != load_scenario(scenario).digest
    assert main(["check", str(file)]) == 0
    capsys.readouterr()


def test_code_that_a_file_names_runs_only_with_trust(tmp_path):
    (tmp_path / "own.py").write_text("def early(levers, parks, year):\n    return {}\n")
    file = tmp_path / "own.yaml"
    file.write_text("extends: baseline\ntitle: Own\ninstruments: own.py:early\n")
    with pytest.raises(InputError, match="runs only when you agree"):
        opening_of([file], "pilot-parks", "en", trust=False)
    assert opening_of([file], "pilot-parks", "en", trust=True).scenario("own").instruments


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["--lang", "xx"], "allowed: en, vi"),
        (["--world", "vietnm"], "did you mean vietnam?"),
        (["--port", "99999"], "allowed: 1 to 65535"),
        (["--host", "no.such.host.invalid"], "127.0.0.1 is this computer only"),
        (["missing.yaml"], "there is no such file"),
    ],
)
def test_what_the_command_is_told_wrong_is_said_in_a_sentence(said, told, capsys):
    assert main(["dashboard", "--no-browser", *said]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_a_port_in_use_is_told_with_one_that_is_free(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["dashboard", "--no-browser", "--world", "pilot-parks", "--port", str(port)]) == 2
    told = re.search(r"--port (\d+) is free", capsys.readouterr().err)
    assert told
    assert int(told[1]) != port


def test_a_missing_part_of_the_extra_is_named(monkeypatch, capsys):
    monkeypatch.setattr("eipsim.dashboard.extra.find_spec", lambda name: None if name == "solara" else object())
    assert main(["dashboard", "--no-browser"]) == 2
    assert "needs solara, which is not installed; pip install 'eipsim[app]'" in capsys.readouterr().err


# ---- words ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs():
    """The runs of the pages below are at hand, so that they are shown at once."""
    open_with(PILOTS)
    return [run_of(asked(name), Stop()) for name in ("subsidy", "baseline")]


@pytest.mark.parametrize("page", ["", "pathways", "map", "funnel", "money"])
def test_every_word_of_a_page_is_of_the_catalogue_or_a_name(page, runs, monkeypatch):
    monkeypatch.setattr("eipsim.dashboard.app.language", lambda code: Marked("vi"))
    names = {*runs[0].parks["name"], *runs[0].parks["province"], *LANGUAGES.values(), "eipsim", "subsidy", "baseline"}
    names |= {place.name for place in outline_of("pilot-parks").places}
    strange = {text for text in texts_of(f"/{page}?scenario=subsidy&lang=vi") if not is_shown_as_it_is(text, names)}
    assert strange == set()


def texts_of(address):
    """Pieces of text that a page shows, without what the catalogue says."""
    shown = RoutingProvider(children=[Dashboard()], routes=routes, pathname=address)
    _, drawn = solara.render(shown, handle_error=False)
    wait_until(lambda: any("e-finding" in w.html or "g-tick" in w.html for w in of_html(drawn)) or "map" in address)
    pages = [widget.html for widget in of_html(drawn)]
    more = [text for widget in drawn.find(VueTemplate).widgets for name in ("frames", "fields", "groups") if hasattr(widget, name)
            for text in strings_in(getattr(widget, name))]  # fmt: skip
    drawn.close()
    texts = Texts("<p>".join(pages)).found + more
    return {
        piece.strip()
        for text in texts
        for piece in re.split(r"[§\n]|, | · ", text)
        if re.search(r"[^\W\d_]{3,}", piece)
    }


def of_html(drawn):
    return [widget for widget in drawn.find(VueTemplate).widgets if hasattr(widget, "html")]


def strings_in(content):
    """Text that a person sees in what a component is given: names of fields and values are keys, not words."""
    if isinstance(content, dict):
        return [text for key, one in content.items() if key not in ("name", "value") for text in strings_in(one)]
    if isinstance(content, list | tuple):
        own = (
            content[1:] if len(content) == 2 and all(isinstance(one, str) for one in content) else content
        )  # value, label
        return [text for one in own for text in strings_in(one)]
    return [content] if isinstance(content, str) else []


def is_shown_as_it_is(text, names):
    return text in names or any(name in text for name in names if len(name) > 3) or text.startswith("s-")


def wait_until(is_so, seconds=30.0):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)


def test_what_solara_does_before_its_first_page_and_after_its_last_is_done(monkeypatch):
    seen = []

    @contextlib.asynccontextmanager
    async def around(_):
        seen.append("before")
        yield
        seen.append("after")

    async def live(made):
        async with made.router.lifespan_context(made):
            seen.append("pages")

    monkeypatch.setattr(serving.app.router, "lifespan_context", around)
    with contextlib.closing(serving.bound("127.0.0.1", 0)) as held:
        asyncio.run(live(serving._application(held)))
    assert seen == ["before", "pages", "after"]
