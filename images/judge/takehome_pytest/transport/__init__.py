"""How the judge reaches an agent: across the sandbox's loopback, or as a child process on a laptop."""
