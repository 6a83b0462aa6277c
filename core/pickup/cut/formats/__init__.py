"""The formats that cuts come in: one module or package each, found by `registry`."""
