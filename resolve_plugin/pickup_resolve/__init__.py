"""The DaVinci Resolve host: reads the open timeline and places clips on it; knows only core."""
