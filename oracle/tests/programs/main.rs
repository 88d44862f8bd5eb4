//! Programs that speak the machine protocol, well or in one of many wrong ways: `toy.py` and `polite.py` beside this file.

mod bench;
mod checks;
mod conversations;
mod ends;
mod failures;
mod hellos;
