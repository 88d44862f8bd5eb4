//! The subjects that the firmware runs: each a module with a runner, and its name in the one line below.

use crate::hardware::Hardware;
use crate::runner::{Runner, Runners};

/// Lists the modules, each of which is there with the feature of its name. Each has `NUMBER`, by which frames call the subject, and `Subject`, its runner, with a constant
/// function `new`. A number that two of them have is an error, because the second could never be reached.
macro_rules! subjects {
    ($($module:ident = $feature:literal),*) => {
        $(#[cfg(feature = $feature)] mod $module;)*

        /// The runners of all subjects, with what each needs of memory.
        pub struct Subjects {
            $(#[cfg(feature = $feature)] $module: $module::Subject,)*
        }

        impl Subjects {
            /// The numbers by which frames call them.
            pub const NUMBERS: &[u8] = &[$(#[cfg(feature = $feature)] $module::NUMBER,)*];

            /// Runners that have not run anything yet.
            pub const fn new() -> Self {
                Subjects { $(#[cfg(feature = $feature)] $module: $module::Subject::new(),)* }
            }
        }

        impl<H: Hardware> Runners<H> for Subjects {
            #[deny(unreachable_patterns)]
            fn runner(&mut self, subject: u8) -> Option<&mut dyn Runner<H>> {
                match subject {
                    $(#[cfg(feature = $feature)] $module::NUMBER => Some(&mut self.$module),)*
                    _ => None,
                }
            }
        }
    };
}

subjects!(minivm = "minivm", cockpit = "cockpit", executive = "executive");

impl Default for Subjects {
    fn default() -> Self {
        Self::new()
    }
}
