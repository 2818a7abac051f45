//! The request as JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wmpf_voip_fuzz::requests::check(input));
