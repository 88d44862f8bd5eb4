//! Room for executives.

use executive::desk::DeskRooms;

/// The most tasks that there can be.
pub const TASKS: usize = 64;

/// Room for an executive and all that it keeps.
pub type Rooms = DeskRooms<TASKS>;
