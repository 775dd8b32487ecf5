//! The times of the option `expiry-time` (sshd(8)): `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`.

use super::calendar;

/// Reads a time as OpenSSH's `parse_absolute_time` does, in seconds since 1970. Without `Z` it is the server's local
/// time, which is taken for UTC here.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let digits = text.strip_suffix(['Z', 'z']).or_else(|| text.strip_suffix("UTC")).unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 8 | 12 | 14) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<u64>().ok());
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((calendar::number(year, month, day)? * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_sshd() {
        assert_eq!(seconds("19700101"), Some(0));
        assert_eq!(seconds("20000229"), Some(951_782_400));
        assert_eq!(seconds("20991231Z"), Some(4_102_358_400));
        assert_eq!(seconds("202611230851"), Some(1_795_423_860));
        assert_eq!(seconds("20261123085135Z"), Some(1_795_423_895));
        for bad in ["", "2026", "20261301", "20260230", "2026112", "20261123 0851", "202611232460", "2026-11-23", "x"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
