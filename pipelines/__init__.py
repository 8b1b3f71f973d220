"""When and with what: settings, clock, HTTP, model, mail, flows and the command line."""
