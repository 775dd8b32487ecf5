#![no_main]
#![allow(missing_docs, reason = "see src/yaml_edit.rs")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| spin_keys_fuzz::yaml_edit(data));
