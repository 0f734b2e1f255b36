"""The look that every screen shares: tokens, theme, fonts, icons and widgets."""
