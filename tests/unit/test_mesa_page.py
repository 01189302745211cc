"""Mesa's page in the browser, as docs/mesa.md has it, rendered and used with Solara's own tools."""

import inspect
import re
from io import BytesIO
from pathlib import Path

import ipyvuetify as v
import numpy as np
import pytest
import solara
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from mesa.visualization import SolaraViz
from solara.alias import rw

from eipsim.model.model import EIPModel

DOCUMENT = Path(__file__).parents[2] / "docs/mesa.md"


class Page:
    """A page as its user sees it. `model` is the last one that was made."""

    def __init__(self, element):
        self.box, self.drawn = solara.render(solara.AppLayout(children=[element]), handle_error=False)

    def click(self, name):
        next(button for button in self.drawn.find(v.Btn).widgets if button.children == [name]).click()

    def put(self, kind, label, value):
        field = next(w for w in self.drawn.find(kind).widgets if w.label == label)
        field.v_model = value
        if kind is v.TextField:
            field.fire_event("keyup.enter")

    def pictures(self):
        return [image.value for image in self.drawn.find(rw.ipywidgets.Image).widgets]


def has_colour(picture, colour):
    return (np.abs(imread(BytesIO(picture))[..., :3] - to_rgb(colour)) < 0.01).all(axis=-1).any()


@pytest.fixture
def made(monkeypatch):
    models, real = [], EIPModel.__init__

    def noting(self, *given, **named):
        real(self, *given, **named)
        models.append(self)

    noting.__signature__ = inspect.signature(real)
    monkeypatch.setattr(EIPModel, "__init__", noting)
    return models


@pytest.fixture
def page(made):
    code = re.search(r"^```python\n(# page\.py\n.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.M | re.S)[1]
    names = {"__name__": "page"}
    exec(compile(code, "page.py", "exec"), names)
    page = Page(names["page"])
    yield page
    page.drawn.close()


def test_the_page_draws_steps_and_is_reset_to_what_its_sliders_say(page, made):
    shown = page.pictures()
    assert len(shown) == 2  # the space and the plot
    page.click("Step")
    page.click("Step")
    assert made[-1].year == 2016
    assert all(before != after for before, after in zip(shown, page.pictures()))
    assert has_colour(
        page.pictures()[0], "tab:orange"
    )  # parks that prepare for the certificate are not hidden by their firms
    page.put(v.Slider, "Carbon price [USD/tCO2]", 20)
    page.put(v.TextField, "Seed", "7")
    page.put(v.Select, "Scenario", "subsidy")
    page.click("Reset")
    model = made[-1]
    assert (model.case.name, model.seed_number, model.year) == ("subsidy", 7, 2014)
    assert model.case.levers["carbon_price"][0].value == 20.0
    page.click("Step")
    assert model.year == 2015
    assert len(model.space.agents) > 100


def test_the_smallest_page_is_a_page():
    model = EIPModel(world="pilot-parks")
    page = Page(SolaraViz(model))
    page.click("Step")
    page.drawn.close()
    assert model.year == 2015
