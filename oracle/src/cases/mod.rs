//! Cases and outcomes: what every subject has, whatever else it can do.

mod compared;
mod profile;
mod state;

pub use compared::{Cases, Data, UnknownProfile, agree, compare, first_and_others, profile_of};
pub use profile::Profile;
pub(crate) use state::letters_of;
pub use state::{Difference, Field, Path, State, Value, differences, family_names};
