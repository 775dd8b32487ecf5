//! The last day on which a key is to log in, and the option `expiry-time` that says so to sshd.
//!
//! Written to the second (`20270131235959`), so that the day that somebody names is the last one, and stands in the file as
//! they named it: `20270131` would end at its beginning. Without `Z`, which OpenSSH takes since 9.1 only; before, it ignores
//! the whole line. So the day is that of the server's time zone.

use super::calendar;
use super::error::KeyError;
use super::line::KeyLine;
use super::options::name;
use super::restriction::each;
use std::fmt;
use thiserror::Error;

const DAY: u64 = 86_400;
/// Most days from today: 100 years.
const MOST_DAYS: u64 = 36_525;
const OPTION: &str = "expiry-time";

/// A day, in the time zone of each server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay {
    /// From 1970-01-01.
    number: u64,
}

/// Why a text is not taken for the last day of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotADay {
    #[error("this is neither a date nor a number of days")]
    Text,
    #[error("there is no such day")]
    NoSuchDay,
    #[error("that day is over")]
    Past,
    #[error("no day is left")]
    NoDays,
    #[error("this is more than 100 years")]
    TooFar,
}

impl LastDay {
    /// Reads `2027-01-31`, or `90d` for the day that comes 90 days after `now` (in seconds since 1970), in UTC.
    ///
    /// # Errors
    /// It is neither, there is no such day, or it is over.
    pub fn parse(text: &str, now: u64) -> Result<Self, NotADay> {
        let today = now / DAY;
        let number = match text.strip_suffix('d') {
            Some(days) => today + days_ahead(days)?,
            None => number_of(text)?,
        };
        match number {
            _ if number < today => Err(NotADay::Past),
            _ if number - today > MOST_DAYS => Err(NotADay::TooFar),
            _ => Ok(Self { number }),
        }
    }

    /// The option before a key in authorized_keys.
    fn option(self) -> String {
        let (year, month, day) = calendar::date(self.number);
        format!("{OPTION}=\"{year:04}{month:02}{day:02}235959\"")
    }
}

/// `2027-01-31`
impl fmt::Display for LastDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = calendar::date(self.number);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The day at this time (in seconds since 1970) in UTC: `2027-01-31`.
#[must_use]
pub fn day_of(now: u64) -> String {
    LastDay { number: now / DAY }.to_string()
}

fn days_ahead(days: &str) -> Result<u64, NotADay> {
    if days.is_empty() || !days.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotADay::Text);
    }
    match days.parse::<u64>() {
        Ok(0) => Err(NotADay::NoDays),
        Ok(days) if days <= MOST_DAYS => Ok(days),
        _ => Err(NotADay::TooFar),
    }
}

fn number_of(text: &str) -> Result<u64, NotADay> {
    let parts: Vec<&str> = text.split('-').collect();
    let is_of = |part: &str, digits| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    let &[year, month, day] = parts.as_slice() else { return Err(NotADay::Text) };
    if !(is_of(year, 4) && is_of(month, 2) && is_of(day, 2)) {
        return Err(NotADay::Text);
    }
    let number = |part: &str| part.parse::<u64>().map_err(|_| NotADay::Text);
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    // The calendar repeats itself after 400 years, and days before 1970 have no number.
    let exists = calendar::number(year + 2000, month, day).is_some();
    match calendar::number(year, month, day) {
        Some(number) => Ok(number),
        None if exists => Err(NotADay::Past),
        None => Err(NotADay::NoSuchDay),
    }
}

impl KeyLine {
    /// The same key with an `expiry-time` after which sshd refuses it: in the place of the one that is there, else after
    /// the other options.
    ///
    /// # Errors
    /// [`KeyError::TooLong`].
    pub fn until(self, day: LastDay) -> Result<Self, KeyError> {
        let mut wanted = Some(day.option());
        let mut options = Vec::new();
        for option in self.options().and_then(each).unwrap_or_default() {
            match name(option) == OPTION {
                true => options.extend(wanted.take()),
                false => options.push(option.to_owned()),
            }
        }
        options.extend(wanted);
        let options = options.join(",");
        self.with_options(options)
    }

    /// Whether it has no options besides `expiry-time`.
    pub(crate) fn only_expires(&self) -> bool {
        let options = self.options().and_then(each).unwrap_or_default();
        options.into_iter().all(|option| name(option) == OPTION)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_keys::ED25519;
    use super::*;
    use crate::key::{Login, login};

    /// 2026-11-26, 09:20:00 UTC.
    const NOW: u64 = 1_795_684_800;

    #[test]
    fn days_are_read_as_they_are_written() {
        for (text, day) in [
            ("2027-01-31", "2027-01-31"),
            ("2028-02-29", "2028-02-29"),
            ("2026-11-26", "2026-11-26"),
            ("1d", "2026-11-27"),
            ("90d", "2027-02-24"),
            ("36525d", "2126-11-27"),
        ] {
            assert_eq!(LastDay::parse(text, NOW).map(|day| day.to_string()), Ok(day.to_owned()), "{text}");
        }
        for (text, error) in [
            ("2027-02-30", NotADay::NoSuchDay),
            ("2027-02-29", NotADay::NoSuchDay),
            ("2027-13-01", NotADay::NoSuchDay),
            ("1900-02-30", NotADay::NoSuchDay),
            ("2026-11-25", NotADay::Past),
            ("1969-12-31", NotADay::Past),
            ("0d", NotADay::NoDays),
            ("00d", NotADay::NoDays),
            ("36526d", NotADay::TooFar),
            ("99999999999999999999d", NotADay::TooFar),
            ("2200-01-01", NotADay::TooFar),
            ("", NotADay::Text),
            ("d", NotADay::Text),
            ("-1d", NotADay::Text),
            ("+1d", NotADay::Text),
            ("90", NotADay::Text),
            ("90 d", NotADay::Text),
            ("20270131", NotADay::Text),
            ("2027-1-31", NotADay::Text),
            ("31.01.2027", NotADay::Text),
            ("2027-01-31Z", NotADay::Text),
            ("tomorrow", NotADay::Text),
            ("２０２７-01-31", NotADay::Text),
        ] {
            assert_eq!(LastDay::parse(text, NOW), Err(error), "{text}");
        }
    }

    #[test]
    fn the_named_day_is_the_last_one() {
        let day = LastDay::parse("2027-01-31", NOW).unwrap();
        let line = KeyLine::parse(ED25519).unwrap().until(day).unwrap();
        assert_eq!(line.options(), Some("expiry-time=\"20270131235959\""));
        let midnight = 1_801_440_000;
        assert_eq!(login(&line.to_line(), midnight - 1), Login::Yes);
        assert_eq!(login(&line.to_line(), midnight), Login::Expired);
    }

    #[test]
    fn other_options_stay_and_an_old_time_is_replaced() {
        let day = LastDay::parse("2027-01-31", NOW).unwrap();
        let new = "expiry-time=\"20270131235959\"";
        for (before, after, only) in [
            ("restrict,pty".to_owned(), format!("restrict,pty,{new}"), false),
            ("Expiry-Time=\"20200101\",pty".to_owned(), format!("{new},pty"), false),
            ("expiry-time=\"20200101\"".to_owned(), new.to_owned(), true),
            (
                "pty,expiry-time=\"20290101\",from=\"a,b\",expiry-time=\"20300101\"".to_owned(),
                format!("pty,{new},from=\"a,b\""),
                false,
            ),
            (r#"command="expiry-time=\"x\", y""#.to_owned(), format!(r#"command="expiry-time=\"x\", y",{new}"#), false),
        ] {
            let line = KeyLine::parse(&format!("{before} {ED25519}")).unwrap();
            assert_eq!(line.only_expires(), only, "{before}");
            let line = line.until(day).unwrap();
            assert_eq!(line.options(), Some(after.as_str()), "{before}");
            assert_eq!(KeyLine::parse(&line.to_line()), Ok(line));
        }
        let plain = KeyLine::parse(ED25519).unwrap();
        assert!(plain.only_expires() && plain.until(day).unwrap().only_expires());
        let long = format!("command=\"{}\" {ED25519}", "x".repeat(16_384 - ED25519.len() - 15));
        let long = KeyLine::parse(&long).unwrap();
        assert!(matches!(long.until(day), Err(KeyError::TooLong { .. })));
    }
}
