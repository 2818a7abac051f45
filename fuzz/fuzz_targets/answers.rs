//! The service's answers.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wmpf_voip_fuzz::answers::check(input));
