//! Programs that speak the machine protocol, well or in one of many wrong ways: `toy.py` beside this file.

mod bench;
mod conversations;
mod ends;
mod failures;
mod hellos;
