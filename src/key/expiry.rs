//! The times of the option `expiry-time` (sshd(8)): `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`.

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
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    if year < 1970 || !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let years = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum::<u64>();
    let months = lengths.iter().take(usize::try_from(month).ok()? - 1).sum::<u64>();
    let days = years + months + day - 1;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
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
