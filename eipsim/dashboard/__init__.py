"""The dashboard: a country's industry, live in the browser. `serving.serve` starts it; `app.py` is what a browser tab shows.

Solara reads its settings when it is loaded, so they are made here, before any module of this folder loads it.
"""

import os

# Read by Solara when it is loaded: what it would send to others, and how long it waits for a tab that has gone silent.
SETTINGS = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_MODE": "production",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "eipsim",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": "5m",
    "SOLARA_THEME_FORCE_REFRESH": "true",  # a tab that has been silent for longer loads its address anew
    "SOLARA_APP": "eipsim.dashboard.app",
}

os.environ.update(SETTINGS)
