"""What an action leaves behind: assignments, terms, numbers, slips, results, notices."""
