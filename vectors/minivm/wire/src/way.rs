//! The ways in which a case can be measured.

oracle_sequence::numbered! {
    /// How instructions are executed while a case is measured.
    Way {
        /// From the bytes of the code.
        Plain,
        /// From words that the code was decoded into before.
        Prepared,
        /// From pages of code and data that are fetched on demand. Only firmware with the feature `paged` can do that.
        Paged,
    }
}

impl Way {
    /// The name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Way::Plain => "plain",
            Way::Prepared => "prepared",
            Way::Paged => "paged",
        }
    }
}
