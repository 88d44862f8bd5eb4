//! Target `executive_services`: scripts of calls, see `fuzz/targets/src/targets/cases.rs`.
#![no_main]

lockstep_fuzz::target!(|bench| fuzz_targets::targets::cases::create(
    &[&fuzz_targets::Of::<vectors_executive::Executive>::NEW],
    bench
));
