//! Sextant: a web console for OpenStack images.
#![recursion_limit = "256"]
