//! A time that somebody typed, in the clock of his store.

use crate::primitives::{Timestamp, Zone};

/// Words for a day, and how many days it is away.
const DAYS: [(&str, i64); 8] = [
    ("hari ini", 0),
    ("nanti", 0),
    ("today", 0),
    ("besok", 1),
    ("tomorrow", 1),
    ("lusa", 2),
    ("the day after tomorrow", 2),
    ("overmorrow", 2),
];

/// Reads `besok 09:00`, `2026-11-24 09:00`, `24-11-2026 09.00`, or the clock alone: then the next time it shows that.
#[must_use]
pub fn read(text: &str, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim().to_lowercase();
    let (day, clock) = text.rsplit_once(char::is_whitespace).unwrap_or(("", &text));
    let clock = read_clock(clock)?;
    // "besok jam 9:00", "tomorrow at 9:00"
    let day = day.trim();
    let day = ["jam", "pukul", "at"].iter().find_map(|word| day.strip_suffix(word)).unwrap_or(day);
    let day = day.trim().trim_end_matches(',');
    if day.is_empty() {
        let today = zone.on_day(now, 0, clock)?;
        return if today > now { Some(today) } else { zone.on_day(now, 1, clock) };
    }
    if let Some((_, days)) = DAYS.iter().find(|(word, _)| *word == day) {
        return zone.on_day(now, *days, clock);
    }
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, date) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year = year.parse().ok().filter(|year| (2_000..10_000).contains(year))?;
    zone.on_date((year, month.parse().ok()?, date.parse().ok()?), clock)
}

/// `9:00`, `09.00`.
fn read_clock(text: &str) -> Option<(i8, i8)> {
    let (hour, minute) = text.split_once([':', '.'])?;
    let digits =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_digit());
    let fits = digits(hour) && digits(minute) && minute.len() == 2;
    fits.then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 23-11-2026 19:31 WIB.
    const NOW: Timestamp = Timestamp(1_795_437_060_000);

    fn shown(text: &str) -> Option<String> {
        let zone = Zone::named("Asia/Jakarta").expect("a zone");
        read(text, &zone, NOW).map(|at| zone.day_and_clock(at))
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        for (typed, meant) in [
            ("besok 09:00", "24-11-2026 09:00 WIB"),
            ("Besok jam 9.05", "24-11-2026 09:05 WIB"),
            ("tomorrow at 9:00", "24-11-2026 09:00 WIB"),
            ("lusa, pukul 23:59", "25-11-2026 23:59 WIB"),
            ("hari ini 21:00", "23-11-2026 21:00 WIB"),
            ("today 08:00", "23-11-2026 08:00 WIB"),
            ("2026-12-01 00:00", "01-12-2026 00:00 WIB"),
            (" 1/12/2026  7:30 ", "01-12-2026 07:30 WIB"),
            ("19:32", "23-11-2026 19:32 WIB"),
            ("19:31", "24-11-2026 19:31 WIB"),
        ] {
            assert_eq!(shown(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for typed in [
            "",
            "besok",
            "9",
            "25:00",
            "09:60",
            "9:5",
            "2026-02-30 09:00",
            "24-11 09:00",
            "kapan 09:00",
            "1-1-1 09:00",
            "09:00:00",
            "-1:00",
            "2026-11-24",
            "besok +9:00",
        ] {
            assert_eq!(shown(typed), None, "{typed}");
        }
    }
}
