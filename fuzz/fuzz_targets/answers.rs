//! The service's answers.

#![no_main]

use wmpf_voip_fuzz::{answers, members};

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    members::mutate(&mut data[..max_size], size, seed, &answers::MEMBERS)
        .unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, max_size))
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| answers::check(input));
