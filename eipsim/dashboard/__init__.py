"""The dashboard: a country's industry, live in the browser. `serving.serve` starts it; `app.py` is what a browser tab shows."""
