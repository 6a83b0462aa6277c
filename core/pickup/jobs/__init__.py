"""The order book, and whoever carries its orders out.

Read in this order: `orders` (the values and the states), `ledger` (the book; `tables`, `entries`,
`money` and `database` are its parts), `steps` (what is done for one order), `reconcile` (what
became of a lost answer), `fulfil` (the front ends' door: `local` makes local shots in place,
`client` starts and watches the worker), `handover` (from book to worker), `flow` (many orders at
once), `worker` (a process of its own, and the only module that knows DBOS; `presence` and `notice`
tell who lives). `takes` and `budget` are for showing and choosing.
"""
