"""What the tests of the browser's half of a stream share."""
