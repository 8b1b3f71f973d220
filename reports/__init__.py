"""What people see: rendering, messages and the web pages."""
