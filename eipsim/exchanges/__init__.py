"""By-product exchanges between firms, parks and municipalities: found, found feasible, negotiated, licensed, run, ended.

`catalogue` reads the types, `columns` names the state, `places` says who is where. `year` is the compiled year, a review and a
search for partners: it works on a `scene` and calls the verbs of `partners` (who receives), `worth` (what is moved and what it
is worth), `agreeing` (from feasible to ended), `law` and `booking`. `symbiosis` keeps a run's exchanges, `checks` says what must
hold, `parks` what it all is to parks, `tables` shows the results. MODEL.md section 6.
"""
