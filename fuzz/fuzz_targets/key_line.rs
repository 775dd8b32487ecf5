#![no_main]
#![allow(missing_docs, reason = "see src/key_line.rs")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| spin_keys_fuzz::key_line(data));
