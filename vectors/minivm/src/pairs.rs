//! Which instructions follow each other in programs, to choose the pairs of the prepared form by.

/// The programs on which pairs are chosen, by the names of their vectors: every other one, by the name of its file, of those
/// that there were. All others are there to judge the choice.
pub(crate) const CHOSEN_ON: [&str; 21] = [
    "program-adler32",
    "program-breakpoint",
    "program-collatz",
    "program-crc32",
    "program-divide-64",
    "program-f16-conversions",
    "program-f16-mandelbrot",
    "program-far-code",
    "program-fibonacci-recursive",
    "program-fletcher32",
    "program-gcd",
    "program-integer-square-root",
    "program-matrix-product",
    "program-memcpy-words",
    "program-memmove-halves",
    "program-popcount",
    "program-queens",
    "program-rc4",
    "program-sha256",
    "program-state-machine",
    "program-supervisor-call",
];
