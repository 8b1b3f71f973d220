"""The steps of the week as plain functions. Flows and commands call the same ones; none of them knows Prefect."""
