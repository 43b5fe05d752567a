"""A worker's part: which slots are its own, what happened to them, and the commit of its turns."""
