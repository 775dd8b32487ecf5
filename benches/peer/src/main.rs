//! Parses a YAML file with yaml-edit and prints it.

use std::str::FromStr as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: spin-keys-bench-peer FILE")?;
    let file = yaml_edit::YamlFile::from_str(&std::fs::read_to_string(path)?)?;
    print!("{file}");
    Ok(())
}
