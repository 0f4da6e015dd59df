"""Makes mutants of a reference for `takehome challenge verify --mutants`; docs/protocol.md has the frames."""
