"""What requests and answers pass: middleware, limits, caches, pages of lists."""
