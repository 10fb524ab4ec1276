"""Vietnamese values: numbers of people, dates, addresses, money, working time."""
