"""The papers that a municipality needs, made from the register, the role sheet and the retention rules."""
