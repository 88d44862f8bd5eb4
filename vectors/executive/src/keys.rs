//! Vectors of the executive as they are written in YAML: the keys, and what stands behind them.
//!
//! `images` names images: MVASM source, or a mapping of what an image is made of, as vectors of `hxe` have it. `calls` are
//! the calls in order, each a line of its name and arguments. A call alone must be carried out, whatever it gives. Behind a
//! colon stands what comes of it: an error, what stands under `ok`, or a mapping of what counts of `ok`, `events` and `io`:
//!
//! ```yaml
//! images: {five: "LDI R0, 5\nSVC MOD=1 FN=0"}
//! calls:
//!   - load five
//!   - step 2: {ok: {executed: 2}, io: [{io: exit, pid: 1, code: 5}]}
//!   - reg_get 1 0: 5
//!   - kill 2: ESRCH
//! expect: {state: {tasks: {1: {state: stopped, exit_status: null}}}}
//! ```
//!
//! `expect` says what counts at the end; what it does not name is open.

use oracle::keys;
use oracle::suite::text::Pairs;
use serde_json::Value as Json;
use vectors_hxe::scripts::{Images, Lines};

keys! {
    /// The keys of a case.
    pub struct Given {
        /// The images that calls name.
        images: Images,
        /// How the executive is set up, as far as it is not the default, as the machine protocol has it.
        config: Json,
        /// The calls, in order.
        calls: Lines,
    }
}

keys! {
    /// What is expected.
    pub struct Expect {
        /// What comes of calls by their position from 1, instead of what stands behind them.
        results: Pairs<usize, Json>,
        /// What raises in the last call.
        raised: String,
        /// What counts of the state at the end.
        state: Json,
        /// Everything, as the machine protocol has it.
        outcome: Json,
    }
}
