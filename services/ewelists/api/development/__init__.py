"""What a developer's machine has in place of AWS: the function's runner, and what makes its table and its user pool."""
