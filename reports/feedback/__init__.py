"""What people tell a unit about its work: filing, the road to an answer, publishing, figures."""
