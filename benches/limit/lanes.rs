//! SHA-1 in lanes on x86-64: sixteen blocks under sixteen states, two, eight or sixteen at a time.

#![allow(
    clippy::incompatible_msrv,
    reason = "AVX-512 is younger than the library's oldest compiler, as criterion is"
)]

use core::arch::x86_64::*;

type States = [[u32; 5]; 16];
type Blocks = [[u8; 64]; 16];
pub(crate) type Compress = fn(&mut States, &Blocks);

/// Those that this processor can run, each checked against the `sha1` crate before it is timed.
pub(crate) fn checked() -> Vec<(&'static str, Compress)> {
    let mut lanes: Vec<(&str, Compress)> = Vec::new();
    let has_sse = is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1");
    if is_x86_feature_detected!("sha") && has_sse {
        lanes.push(("SHA-NI, 2 lanes", |states, blocks| {
            // SAFETY: the processor has these instructions.
            unsafe { sha_ni::<2>(states, blocks) }
        }));
        lanes.push(("SHA-NI, 4 lanes", |states, blocks| {
            // SAFETY: the processor has these instructions.
            unsafe { sha_ni::<4>(states, blocks) }
        }));
    }
    if is_x86_feature_detected!("avx2") {
        lanes.push(("AVX2, 8 lanes", |states, blocks| {
            // SAFETY: the processor has these instructions.
            unsafe { avx2(states, blocks) }
        }));
    }
    if is_x86_feature_detected!("avx512f") {
        lanes.push(("AVX-512, 16 lanes", |states, blocks| {
            // SAFETY: the processor has these instructions.
            unsafe { avx512(states, blocks) }
        }));
    }
    for (name, compress) in &lanes {
        check(name, *compress);
    }
    lanes
}

fn check(name: &str, compress: Compress) {
    let mut number = 1_u32;
    let mut next = || {
        number = number.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        number
    };
    let mut states: States = core::array::from_fn(|_| core::array::from_fn(|_| next()));
    let blocks: Blocks = core::array::from_fn(|_| core::array::from_fn(|_| (next() >> 24) as u8));
    let mut expected = states;
    for (state, block) in expected.iter_mut().zip(&blocks) {
        sha1::block_api::compress(state, std::slice::from_ref(block));
    }
    compress(&mut states, &blocks);
    assert_eq!(states, expected, "{name} is not SHA-1");
}

/// With the instructions for SHA, `L` blocks interleaved: the next instruction need not wait for the one before.
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn sha_ni<const L: usize>(states: &mut States, blocks: &Blocks) {
    for (states, blocks) in states.chunks_exact_mut(L).zip(blocks.chunks_exact(L)) {
        let big_endian = _mm_set_epi64x(0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f);
        let mut words: [[__m128i; L]; 4] = core::array::from_fn(|at| {
            core::array::from_fn(|lane| {
                let bytes: &[u8; 16] = blocks[lane][16 * at..][..16].try_into().expect("16 bytes");
                // SAFETY: sixteen bytes are read, from any address.
                _mm_shuffle_epi8(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }, big_endian)
            })
        });
        let abcd: [__m128i; L] = core::array::from_fn(|lane| {
            let [a, b, c, d, _] = states[lane].map(u32::cast_signed);
            _mm_set_epi32(a, b, c, d)
        });
        let e: [__m128i; L] =
            core::array::from_fn(|lane| _mm_set_epi32(states[lane][4].cast_signed(), 0, 0, 0));
        // The state now, and the one four rounds before.
        let (mut now, mut before) = (abcd, e);
        twenty::<0, L>(&mut now, &mut before, &mut words);
        twenty::<1, L>(&mut now, &mut before, &mut words);
        twenty::<2, L>(&mut now, &mut before, &mut words);
        twenty::<3, L>(&mut now, &mut before, &mut words);
        for lane in 0..L {
            let end = _mm_add_epi32(abcd[lane], now[lane]);
            let [a, b, c, d] = [
                _mm_extract_epi32::<3>(end),
                _mm_extract_epi32::<2>(end),
                _mm_extract_epi32::<1>(end),
                _mm_extract_epi32::<0>(end),
            ];
            let e = _mm_extract_epi32::<3>(_mm_sha1nexte_epu32(before[lane], e[lane]));
            states[lane] = [a, b, c, d, e].map(i32::cast_unsigned);
        }
    }
}

/// Twenty rounds with one function of FIPS 180-4 4.1.1, four at a time.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn twenty<const F: i32, const L: usize>(
    now: &mut [__m128i; L],
    before: &mut [__m128i; L],
    words: &mut [[__m128i; L]; 4],
) {
    for four in 5 * F as usize..5 * F as usize + 5 {
        for lane in 0..L {
            let [w0, w1, w2, w3] = core::array::from_fn(|at| words[(four + at) % 4][lane]);
            let word = if four < 4 {
                w0
            } else {
                _mm_sha1msg2_epu32(_mm_xor_si128(_mm_sha1msg1_epu32(w0, w1), w2), w3)
            };
            words[four % 4][lane] = word;
            let e = if four == 0 {
                _mm_add_epi32(before[lane], word)
            } else {
                _mm_sha1nexte_epu32(before[lane], word)
            };
            before[lane] = now[lane];
            now[lane] = _mm_sha1rnds4_epu32::<F>(now[lane], e);
        }
    }
}

/// With a whole vector of states: word 0 of all of them in one register, and so on.
macro_rules! vectors {
    ($name:ident, $feature:literal, $vector:ty, $lanes:literal, $load:ident, $store:ident, $set:ident, $add:ident, $xor:ident, $and:ident,
     $or:ident, $rotate:ident) => {
        #[target_feature(enable = $feature)]
        fn $name(states: &mut States, blocks: &Blocks) {
            type Words = [$vector; 16];
            type State = [$vector; 5];

            #[inline]
            #[target_feature(enable = $feature)]
            fn gather(word: impl Fn(usize) -> u32) -> $vector {
                let words: [u32; $lanes] = core::array::from_fn(word);
                // SAFETY: as many bytes as the vector has are read, from any address.
                unsafe { $load(words.as_ptr().cast()) }
            }

            /// Twenty rounds with one function of FIPS 180-4 4.1.1.
            #[inline]
            #[target_feature(enable = $feature)]
            fn twenty<const F: usize>(state: State, words: &mut Words) -> State {
                let constant =
                    $set([0x5a82_7999_u32, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6][F].cast_signed());
                let [mut a, mut b, mut c, mut d, mut e] = state;
                for round in 20 * F..20 * F + 20 {
                    let word = words[round % 16];
                    let f = match F {
                        0 => $xor(d, $and(b, $xor(c, d))),
                        2 => $or($and(b, c), $and(d, $or(b, c))),
                        _ => $xor(b, $xor(c, d)),
                    };
                    let sum = $add($add(f, e), $add(constant, word));
                    (e, d, c, b, a) = (d, c, $rotate::<30, 2>(b), a, $add($rotate::<5, 27>(a), sum));
                    let [two, eight, thirteen] = [2, 8, 13].map(|after| words[(round + after) % 16]);
                    words[round % 16] = $rotate::<1, 31>($xor($xor(word, two), $xor(eight, thirteen)));
                }
                [a, b, c, d, e]
            }

            for (states, blocks) in states.chunks_exact_mut($lanes).zip(blocks.chunks_exact($lanes)) {
                let mut words = [$set(0); 16];
                for (at, word) in words.iter_mut().enumerate() {
                    *word = gather(|lane| {
                        u32::from_be_bytes(blocks[lane][4 * at..][..4].try_into().expect("4 bytes"))
                    });
                }
                let mut begin = [$set(0); 5];
                for (at, word) in begin.iter_mut().enumerate() {
                    *word = gather(|lane| states[lane][at]);
                }
                let end = twenty::<0>(begin, &mut words);
                let end = twenty::<1>(end, &mut words);
                let end = twenty::<2>(end, &mut words);
                let end = twenty::<3>(end, &mut words);
                for (at, (begin, end)) in begin.into_iter().zip(end).enumerate() {
                    let mut sums = [0_u32; $lanes];
                    // SAFETY: as many bytes as the vector has are written, to any address.
                    unsafe { $store(sums.as_mut_ptr().cast(), $add(begin, end)) };
                    for (state, sum) in states.iter_mut().zip(sums) {
                        state[at] = sum;
                    }
                }
            }
        }
    };
}

/// AVX2 has no rotation.
#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32, const RIGHT: i32>(words: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(words), _mm256_srli_epi32::<RIGHT>(words))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate_512<const LEFT: i32, const RIGHT: i32>(words: __m512i) -> __m512i {
    _mm512_rol_epi32::<LEFT>(words)
}

vectors!(
    avx2,
    "avx2",
    __m256i,
    8,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    _mm256_set1_epi32,
    _mm256_add_epi32,
    _mm256_xor_si256,
    _mm256_and_si256,
    _mm256_or_si256,
    rotate
);
vectors!(
    avx512,
    "avx512f",
    __m512i,
    16,
    _mm512_loadu_si512,
    _mm512_storeu_si512,
    _mm512_set1_epi32,
    _mm512_add_epi32,
    _mm512_xor_si512,
    _mm512_and_si512,
    _mm512_or_si512,
    rotate_512
);
