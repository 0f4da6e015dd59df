"""Items in stock, over HTTP."""
