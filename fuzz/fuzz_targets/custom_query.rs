//! The customQuery and the listener's path.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wmpf_voip_fuzz::custom_query::check(input));
