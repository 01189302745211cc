"""Policy instruments: each changes levers, rules read levers. Nothing here knows an agent."""
