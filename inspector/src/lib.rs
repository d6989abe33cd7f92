//! What a disk image is, from a few byte ranges of it.
