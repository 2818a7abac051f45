//! The requests of callWMPF and callDevice as JSON.

#![no_main]

use wmpf_voip_fuzz::{members, phone_calls};

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    members::mutate(&mut data[..max_size], size, seed, &phone_calls::members())
        .unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, max_size))
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| phone_calls::check(input));
