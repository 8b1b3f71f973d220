"""What we mean and decide. Pure: values in, values out; no clock, environment, network or database."""
