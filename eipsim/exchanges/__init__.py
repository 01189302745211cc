"""By-product exchanges between firms, parks and municipalities: found, found feasible, negotiated, licensed, run, ended.

`catalogue` reads the types, `columns` names the state, `places` says who is where, `partners` finds a receiver, `year` is
the compiled year, `symbiosis` its order, `tables` shows the results. MODEL.md section 6.
"""
