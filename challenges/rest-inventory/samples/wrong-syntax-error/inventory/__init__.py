"""Items in stock, over HTTP."""

def items(:
