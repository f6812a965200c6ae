"""How fast worlds, interfaces and a new process are."""
