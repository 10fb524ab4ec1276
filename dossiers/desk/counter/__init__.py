"""What a clerk does while somebody stands there: papers taken in, things settled in one visit."""
