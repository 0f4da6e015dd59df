"""What the judge and the agent share: frames and tagged values. Standard library only, never pickle."""
