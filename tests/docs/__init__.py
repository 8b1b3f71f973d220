"""What the documentation says is true: commands run, names exist, links lead somewhere, tables follow the program."""
