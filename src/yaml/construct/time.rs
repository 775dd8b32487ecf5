//! Dates and times as `PyYAML` 6 reads them (`construct_yaml_timestamp`), and as Python prints them.

/// A date, perhaps with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Time {
    date: (u32, u32, u32),
    clock: Option<Clock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    /// Minutes east of Greenwich, if a zone is written.
    zone: Option<i32>,
}

/// What makes two times the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Moment {
    /// As written: a date, or a time without a zone.
    Local(Time),
    /// Microseconds since the year 0.
    Instant(i128),
}

/// Reads the text of a timestamp. `None` if it is none, or one that no calendar has.
pub(crate) fn time(text: &str) -> Option<Time> {
    let (date, rest) = date(text.strip_suffix('\n').unwrap_or(text))?;
    let clock = if rest.is_empty() { None } else { Some(clock(rest)?) };
    let is_clock = |clock: Clock| {
        let zone = clock.zone.is_none_or(|zone| zone.abs() < 24 * 60);
        clock.hour < 24 && clock.minute < 60 && clock.second < 60 && zone
    };
    (is_date(date) && clock.is_none_or(is_clock)).then_some(Time { date, clock })
}

/// Whether the resolver of plain scalars takes the text for a timestamp: the date alone has two digits for each part.
pub(crate) fn looks_like_time(text: &str) -> bool {
    let Some((_, rest)) = date(text) else { return false };
    if rest.is_empty() { text.len() == 10 } else { clock(rest).is_some() }
}

/// Up to `most` digits, at least `least`, and what follows them.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (count >= least).then(|| Some((text[..count].parse().ok()?, &text[count..])))?
}

fn date(text: &str) -> Option<((u32, u32, u32), &str)> {
    let (year, rest) = digits(text, 4, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
    Some(((year, month, day), rest))
}

fn clock(text: &str) -> Option<Clock> {
    let rest = match text.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => text.strip_prefix([' ', '\t'])?.trim_start_matches([' ', '\t']),
    };
    let (hour, rest) = digits(rest, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    let (second, mut rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    let mut micros = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let six: String = fraction[..count].chars().chain("000000".chars()).take(6).collect();
        micros = six.parse().ok()?;
        rest = &fraction[count..];
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    let zone = match zone.as_bytes() {
        [] if rest.is_empty() => None,
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), ..] => {
            let (hours, rest) = digits(&zone[1..], 1, 2)?;
            let (minutes, rest) = match rest.strip_prefix(':') {
                Some(rest) => digits(rest, 2, 2)?,
                None => (0, rest),
            };
            let east = i32::try_from(hours * 60 + minutes).ok().filter(|_| rest.is_empty())?;
            Some(if *sign == b'-' { -east } else { east })
        }
        _ => return None,
    };
    Some(Clock { hour, minute, second, micros, zone })
}

fn is_date((year, month, day): (u32, u32, u32)) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

impl Time {
    /// What Python compares and hashes.
    pub(crate) fn moment(self) -> Moment {
        let Some(Clock { hour, minute, second, micros, zone: Some(zone) }) = self.clock else {
            return Moment::Local(self);
        };
        let (year, month, day) = self.date;
        // Days since 0000-03-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
        let minutes = i128::from(days) * 1440 + i128::from(hour * 60 + minute) - i128::from(zone);
        Moment::Instant((minutes * 60 + i128::from(second)) * 1_000_000 + i128::from(micros))
    }

    /// As `str()` of Python gives it.
    pub(crate) fn printed(self) -> String {
        let (year, month, day) = self.date;
        let date = format!("{year:04}-{month:02}-{day:02}");
        let Some(clock) = self.clock else { return date };
        let micros = if clock.micros == 0 { String::new() } else { format!(".{:06}", clock.micros) };
        let zone = clock.zone.map_or_else(String::new, |zone| {
            let sign = if zone < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
        });
        format!("{date} {:02}:{:02}:{:02}{micros}{zone}", clock.hour, clock.minute, clock.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_python() {
        for (text, printed) in [
            ("2001-01-01", "2001-01-01"),
            ("2001-1-1", "2001-01-01"),
            ("2024-02-29", "2024-02-29"),
            ("2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.100000-05:00"),
            ("2001-12-14 1:59:43", "2001-12-14 01:59:43"),
            ("2001-12-14 1:59:43. Z", "2001-12-14 01:59:43+00:00"),
            ("2001-12-14\t1:59:43 +5", "2001-12-14 01:59:43+05:00"),
        ] {
            assert_eq!(time(text).map(Time::printed).as_deref(), Some(printed), "{text}");
        }
        for wrong in [
            "2025-02-30",
            "0000-01-01",
            "2001-13-01",
            "2001-01-01 24:00:00",
            "2001-01-01 1:60:00",
            "2001-01-01 1:1:1 +24",
        ] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
        assert!(looks_like_time("2025-02-30") && !looks_like_time("2001-1-1") && !looks_like_time("2001-01-01 "));
    }

    #[test]
    fn an_instant_is_the_same_in_every_zone() {
        let moment = |text| time(text).map(Time::moment);
        assert_eq!(moment("2001-01-01 00:30:00+01:00"), moment("2000-12-31 23:30:00Z"));
        assert_ne!(moment("2001-01-01 00:30:00"), moment("2001-01-01 00:30:00Z"));
    }
}
