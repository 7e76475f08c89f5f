//! A study on a terminal while it runs.
