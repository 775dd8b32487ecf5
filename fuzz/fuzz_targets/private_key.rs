#![no_main]
#![allow(missing_docs, reason = "see src/private_key.rs")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| spin_keys_fuzz::private_key(data));
