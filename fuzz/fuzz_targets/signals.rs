//! What a party says in its call.

#![no_main]

use wmpf_voip_fuzz::{members, signals};

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    members::mutate(&mut data[..max_size], size, seed, &signals::MEMBERS)
        .unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, max_size))
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| signals::check(input));
