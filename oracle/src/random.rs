//! Drawing random cases.

use std::sync::LazyLock;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Made once: the default looks at the environment. Nothing is kept of what fails, and so nothing of it copied wherever a
/// strategy starts a branch.
static CONFIG: LazyLock<Config> = LazyLock::new(|| Config { failure_persistence: None, ..Config::default() });

/// Case number `index` of `seed`, drawn from `strategy`.
pub fn draw<T>(strategy: &impl Strategy<Value = T>, seed: u64, index: u64) -> T {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&index.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(CONFIG.clone(), rng);
    strategy.new_tree(&mut runner).expect("the strategies reject nothing").current()
}
