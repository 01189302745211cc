"""By-product exchanges between firms, parks and municipalities: found, found feasible, negotiated, licensed, run, ended.

`catalogue` reads the types, `columns` names the state, `places` says who is where. `year` is the compiled year: it works on a
`scene` and calls the verbs of `partners` (who receives), `worth` (what is moved and what it is worth), `agreeing` (from feasible
to ended), `law` and `booking`. `symbiosis` keeps a run's exchanges and the order of their year, `checks` says what must hold,
`tables` shows the results. MODEL.md section 6.
"""
