//! What the executive reaches outside through: traits, and what implements them.
//!
//! | trait | who uses it | on a chip | on a host |
//! |---|---|---|---|
//! | [`Devices`] | services 1 and 2, every event | [`Board`] around an `embedded_io::Write` and an `embedded_can::nb::Can` | `record::Recorder` |
//! | [`FileSystem`] | service 4 | [`RamFiles`], or the flash of the board | [`RamFiles`], or `FolderFiles` |
//! | [`NonVolatile`] | services 7 and load | an EEPROM or FRAM of the board | [`RamStore`] |
//! | [`Timer`] | whoever calls [`Executive::set_time`](crate::Executive::set_time) | a hardware timer | the test |
//! | [`HostCommands`] | service 8 | [`NoCommands`] | a list of answers |

mod board;
mod files;
#[cfg(feature = "std")]
mod folder;
#[cfg(feature = "std")]
pub mod record;
mod store;
mod traits;

pub use board::Board;
pub use files::{File, RamFiles};
#[cfg(feature = "std")]
pub use folder::FolderFiles;
pub use store::RamStore;
pub use traits::{Devices, FileSystem, HostCommands, NoCommands, NonVolatile, Timer};
