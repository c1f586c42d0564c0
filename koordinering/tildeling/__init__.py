"""Where they meet: the queue, giving, taking back and waiting lists."""
