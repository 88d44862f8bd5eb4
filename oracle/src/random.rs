//! Drawing random cases.

pub use fastrand::Rng;

/// What case number `index` of `seed` is drawn with. Nothing else decides what it is, so every shard and every machine has
/// the same.
pub fn rng(seed: u64, index: u64) -> Rng {
    // Two rounds of a generator that is good at telling close seeds apart.
    Rng::with_seed(Rng::with_seed(seed).u64(..) ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// One of the items, of which there is at least one.
pub fn pick<T: Clone>(rng: &mut Rng, items: &[T]) -> T {
    items[rng.usize(..items.len())].clone()
}

/// Whether a chance of 1 in `of`, which is not 0, has come up.
pub fn one_in(rng: &mut Rng, of: u32) -> bool {
    rng.u32(..of) == 0
}
