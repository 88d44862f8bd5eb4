//! What the chip must offer.

/// What the chip must offer.
pub trait Hardware {
    /// Sends bytes to the host, all of them.
    fn send(&mut self, bytes: &[u8]);
    /// Called before each case: from here on it has its time until the watchdog bites.
    fn feed_watchdog(&mut self);
    /// Does the work, undisturbed by interrupts. Says what the counter counted meanwhile, and how many bytes of stack
    /// were used.
    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32);
    /// Waits until the watchdog bites. If there is none, comes back at once.
    fn hang(&mut self);
}
