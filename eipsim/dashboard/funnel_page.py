"""The funnel: how far options, firms and parks come, stage by stage, played from year to year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from eipsim.dashboard.playing import Play
from eipsim.dashboard.svg import canvas, element, text
from eipsim.dashboard.widgets import escaped
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

STAGES: Mapping[str, tuple[str, ...]] = {
    "options": ("options_identified", "options_implemented"),
    "firms": ("firms", "firms_aware_share", "recp_firm_share_unmeasured", "recp_firm_share"),
    "parks": ("parks_established", "parks_operating", "parks_committed", "parks_converted", "parks_certified"),
}
BAR, ROW = 420.0, 34.0  # units of a whole bar, of a row


def play_of_funnel(run: Run, label: str, words: Words) -> Play:
    """How far options, firms and parks have come, stage by stage, in every year."""
    counts = {kind: stage_counts(run.outcomes, stages) for kind, stages in STAGES.items()}
    html = f'<h2 data-s="text"></h2><div class="e-drawing e-funnel">{funnel_drawing(words)}</div>'
    html += f'<p class="e-sub">{escaped(words.say("dash-funnel-caption"))}</p>'
    frames = []
    for k, year in enumerate(run.outcomes.index):
        frame = [funnel_finding(run.outcomes.loc[year], int(year), label, words)]
        for of_kind in counts.values():
            now = of_kind[:, k]
            for count in now:
                share = count / now[0] if now[0] else 0.0
                frame += [
                    f"{BAR * min(share, 1.0):.1f}",
                    f"{words.count(count)} · {words.percent(share) if now[0] else '–'}",
                ]
        frames.append(frame)
    return Play(html, frames)


def stage_counts(outcomes: pd.DataFrame, stages: tuple[str, ...]) -> np.ndarray:
    """Counts [stages, years]; shares are of the first stage."""
    first = outcomes[stages[0]].to_numpy(float)
    return np.array(
        [outcomes[name] * first if name.endswith(("_share", "_unmeasured")) else outcomes[name] for name in stages]
    )


def funnel_drawing(words: Words) -> str:
    parts, y = [], 6.0
    for kind, stages in STAGES.items():
        parts.append(text(0.0, y + 14, words.say(f"dash-funnel-{kind}"), font_weight="600"))
        y += 26
        for stage in stages:
            parts.append(text(0.0, y + 11, words.say(f"dash-stage-{stage.replace('_', '-')}"), class_="g-tick"))
            parts.append(element("rect", x=0.0, y=y + 16, width=BAR, height=9.0, rx=3, class_="f-back"))
            parts.append(
                element("rect", x=0.0, y=y + 16, width=0.0, height=9.0, rx=3, class_=f"f-{kind}", data_s="width")
            )
            parts.append(element("text", x=BAR, y=y + 11, text_anchor="end", class_="g-label", data_s="text"))
            y += ROW
        y += 12
    return canvas(BAR, y, parts, role="img", style="max-width:620px")


def funnel_finding(now: pd.Series, year: int, label: str, words: Words) -> str:
    """How many firms have got how far."""
    return words.say(
        "dash-funnel-finding", scenario=label, year=str(year), aware=words.percent(now["firms_aware_share"]),
        apply=words.percent(now["recp_firm_share_unmeasured"]), certified=words.count(now["parks_certified"]),
    )  # fmt: skip
