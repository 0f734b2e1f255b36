"""What people see and touch: widgets only, which know models, signals and values."""
