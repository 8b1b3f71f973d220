"""The web pages: where catalysts give meaning and everybody reads. They work whole without JavaScript."""
