//! The cost of a compression, by the crate and in lanes written for this comparison: only to look at, not to use.

use std::hint::black_box;

use crate::{Contestant, compress, take_turns};

pub(crate) fn measure(rounds: usize) {
    let mut contestants = vec![
        Contestant::new("sha1 crate, one state", 100, || compress(16)),
        Contestant::new("sha1 crate, 16 states", 100, sixteen_states),
    ];
    #[cfg(target_arch = "x86_64")]
    contestants.extend(
        crate::lanes::checked()
            .into_iter()
            .map(|(name, compress)| Contestant::new(name, 100, move || in_lanes(compress))),
    );
    take_turns("16 compressions", rounds, &mut contestants);
}

/// As the library does it: states that do not wait for each other.
fn sixteen_states() {
    let (mut states, blocks) = ([[1_u32; 5]; 16], [[0x5c_u8; 64]; 16]);
    for (state, block) in black_box(&mut states).iter_mut().zip(black_box(&blocks)) {
        sha1::block_api::compress(state, std::slice::from_ref(block));
    }
    black_box(states);
}

#[cfg(target_arch = "x86_64")]
fn in_lanes(compress: crate::lanes::Compress) {
    let (mut states, blocks) = ([[1_u32; 5]; 16], [[0x5c_u8; 64]; 16]);
    compress(black_box(&mut states), black_box(&blocks));
    black_box(states);
}
