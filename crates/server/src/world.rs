//! Clock and randomness, as arguments.

use std::sync::Arc;

/// Fills a buffer with random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the server asks of the world. Cheap to clone.
#[derive(Clone)]
pub struct World {
    /// Unix seconds.
    pub now: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Fills a buffer from the operating system's generator.
    pub random: Random,
}

impl World {
    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}
