//! Days of the Gregorian calendar, counted from 1970-01-01.

/// The number of a day; `None` where there is no such day, or it is before 1970.
pub(super) fn number(year: u64, month: u64, day: u64) -> Option<u64> {
    let lengths = lengths(year);
    let month = usize::try_from(month).ok()?.checked_sub(1)?;
    if year < 1970 || !(1..=*lengths.get(month)?).contains(&day) {
        return None;
    }
    let years = (1970..year).map(days_of).sum::<u64>();
    Some(years + lengths.iter().take(month).sum::<u64>() + day - 1)
}

/// Year, month and day of the day with this number.
pub(super) fn date(number: u64) -> (u64, u64, u64) {
    let (mut year, mut left) = (1970, number);
    while left >= days_of(year) {
        left -= days_of(year);
        year += 1;
    }
    let mut month = 1;
    for length in lengths(year) {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn lengths(year: u64) -> [u64; 12] {
    [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_200_years_has_its_number() {
        let mut expected = 0;
        for year in 1970..2170 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(found) = number(year, month, day) else { continue };
                    assert_eq!((found, date(found)), (expected, (year, month, day)));
                    expected += 1;
                }
            }
        }
        assert_eq!(expected, 73_049);
        assert_eq!(number(2027, 1, 31).map(|day| day * 86_400), Some(1_801_353_600));
        for (year, month, day) in
            [(2027, 2, 29), (2100, 2, 29), (2027, 0, 1), (2027, 13, 1), (2027, 4, 31), (1969, 1, 1)]
        {
            assert_eq!(number(year, month, day), None, "{year}-{month}-{day}");
        }
    }
}
