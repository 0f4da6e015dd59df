"""Items in stock, over HTTP, in two versions of the interface."""
