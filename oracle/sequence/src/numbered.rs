//! Enums whose variants frames call by their numbers.

/// Declares an enum, each variant of which has its position as its number.
#[macro_export]
macro_rules! numbered {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All of them; the number of each is its position.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The number that frames call it by.
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The one of this number.
            pub fn of(number: u8) -> Option<Self> {
                Self::ALL.get(usize::from(number)).copied()
            }
        }
    };
}
