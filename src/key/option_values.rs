//! The values of options in authorized_keys, as OpenSSH reads them (auth-options.c, addrmatch.c, misc.c).
//!
//! Refuses only what sshd is sure to refuse. The name of a service in place of a port may exist on the server.

use std::net::IpAddr;

/// Longest host in `permitopen` and `permitlisten`, in bytes, and one (`NI_MAXHOST`).
const MAX_HOST: usize = 1025;

/// Largest number of a tun device (`SSH_TUNID_MAX`).
const MAX_TUNNEL: u32 = 0x7fff_fffd;

/// Whether `from` lets in any address at all. sshd refuses everybody where an entry is empty, or where bits of a network
/// are set behind its mask: `10.0.0.1/8`.
pub(super) fn from_can_match(list: &str) -> bool {
    let mut positive = false;
    for entry in list.split(',') {
        let entry = match entry.strip_prefix('!') {
            Some(exception) => exception,
            None => {
                positive = true;
                entry
            }
        };
        if entry.is_empty() || is_wrong_network(entry) {
            return false;
        }
    }
    positive
}

/// Whether the entry is an address and a mask that do not go together.
fn is_wrong_network(entry: &str) -> bool {
    let Some((address, mask)) = entry.split_once('/') else { return false };
    let (Ok(address), Ok(mask)) = (address.parse::<IpAddr>(), mask.parse::<u32>()) else { return false };
    let (bits, width) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let behind = match u32::checked_sub(width, mask) {
        None => return true,
        Some(128) => u128::MAX,
        Some(behind) => (1 << behind) - 1,
    };
    bits & behind != 0
}

/// `NAME=value`.
pub(super) fn is_environment(value: &str) -> bool {
    let Some((name, _)) = value.split_once('=') else { return false };
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `host:port`, as `hpdelim2` splits it: also `[host]:port` and `host/port`.
pub(super) fn is_permit(value: &str) -> bool {
    let end = match value.strip_prefix('[') {
        Some(rest) => match rest.find(']') {
            Some(at) => at + 2,
            None => return false,
        },
        None => value.find([':', '/']).unwrap_or(value.len()),
    };
    let (host, rest) = value.split_at(end);
    host.len() < MAX_HOST && rest.strip_prefix([':', '/']).is_some_and(is_port)
}

/// `*`, a number, or what may be the name of a service.
pub(super) fn is_port(port: &str) -> bool {
    match port.parse::<u32>() {
        Ok(number) => (1..=65_535).contains(&number),
        Err(_) => port == "*" || port.starts_with(|c: char| c.is_ascii_alphabetic()) && !port.contains(':'),
    }
}

/// `any`, or the number of a tun device.
pub(super) fn is_tunnel(value: &str) -> bool {
    value.eq_ignore_ascii_case("any") || value.parse::<u32>().is_ok_and(|number| number <= MAX_TUNNEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_is_read_as_a_whole() {
        for list in [
            "a",
            "*",
            "!10.0.0.1,*",
            "10.0.0.0/8",
            "::/0",
            "fd00::/8,x",
            "0.0.0.0/0",
            "host/8",
            "10.0.0.1/x",
            "10.0.0.1/32",
        ] {
            assert!(from_can_match(list), "{list}");
        }
        for list in
            ["", "a,", ",a", "!", "!10.0.0.1", "10.0.0.1/8", "a,10.0.0.0/33", "fd00::1/8", "*,!10.0.0.1/8", "::1/0"]
        {
            assert!(!from_can_match(list), "{list}");
        }
    }

    #[test]
    fn values_are_those_of_sshd() {
        for value in ["x:1", "x:*", "x:ssh", "x/80", ":80", "[::1]:80"] {
            assert!(is_permit(value), "{value}");
        }
        for value in ["x", "x:0", "x:65536", "::1:80", "[::1:80", "[::1]80", "x:", ""] {
            assert!(!is_permit(value), "{value}");
        }
        assert!(is_tunnel("ANY") && is_tunnel("0") && !is_tunnel("0:1") && !is_tunnel("x"));
        assert!(is_environment("A=") && !is_environment("=a") && !is_environment("A B=c") && !is_environment("A"));
        assert!(is_port("1") && is_port("ssh") && !is_port("-1") && !is_port(""));
    }
}
