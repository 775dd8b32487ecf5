#![no_main]
#![allow(missing_docs, reason = "see src/vault.rs")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| spin_keys_fuzz::vault(data));
