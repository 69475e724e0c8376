"""From what was typed to what is asked: words → segments → mentions → query."""
