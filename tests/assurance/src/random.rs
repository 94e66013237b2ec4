//! Numbers by chance, the same for the same seed (SplitMix64).

pub struct Random(u64);

impl Random {
    /// From SEED in the environment, else from the clock; the seed is printed with a failure.
    pub fn new() -> (Self, u64) {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seed = crate::number("SEED", since.map_or(1, |since| since.as_nanos() as u64 | 1));
        (Self(seed), seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// Below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}
