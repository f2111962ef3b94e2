//! Instants as milliseconds, and the zones they are shown in.

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// An instant: Unix milliseconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole Unix seconds, as Telegram counts.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `self + duration`, held at the last representable instant.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// `self - duration`, held at the first representable instant.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// How long after `earlier` this is; zero when it is not later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads an RFC 3339 instant with any offset and 0–9 fractional digits.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|instant| Self(instant.as_millisecond()))
    }

    /// RFC 3339 in UTC with milliseconds, for logs and wires.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| self.0.to_string(), |instant| format!("{instant:.3}"))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A time zone of the IANA database, such as `Asia/Jakarta`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(TimeZone);

/// A name that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a time zone; use a name such as Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
)]
pub struct ZoneError(String);

impl Zone {
    /// Finds a zone by its IANA name.
    ///
    /// # Errors
    /// [`ZoneError`] when there is no such zone.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name).map(Self).map_err(|_| ZoneError(name.to_owned()))
    }

    /// The zone's IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local clock, `14:05 WIB`; Indonesian zones by their own short names.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        self.show(at, "%H:%M")
    }

    /// The local clock to the second, `14:05:09 WIB`.
    #[must_use]
    pub fn clock_to_second(&self, at: Timestamp) -> String {
        self.show(at, "%H:%M:%S")
    }

    /// Day and clock, `22-11-2026 14:05 WIB`.
    #[must_use]
    pub fn day_and_clock(&self, at: Timestamp) -> String {
        self.show(at, "%d-%m-%Y %H:%M")
    }

    /// Day and month, `22/11`.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        self.bare(at, "%-d/%-m")
    }

    /// The date as it sorts, `2026-11-22`.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> String {
        self.bare(at, "%Y-%m-%d")
    }

    /// The hour, `14`.
    #[must_use]
    pub fn hour(&self, at: Timestamp) -> String {
        self.bare(at, "%H")
    }

    /// The moment at which the local clock shows hour and minute, so many days after `now`'s local day.
    #[must_use]
    pub fn on_day(&self, now: Timestamp, days: i64, clock: (i8, i8)) -> Option<Timestamp> {
        let today = self.local(now)?.date();
        let day = today.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        self.on_date((day.year(), day.month(), day.day()), clock)
    }

    /// The moment at which the local clock shows hour and minute on that year, month and day; `None` when
    /// there is no such day or hour.
    #[must_use]
    pub fn on_date(
        &self,
        (year, month, day): (i16, i8, i8),
        (hour, minute): (i8, i8),
    ) -> Option<Timestamp> {
        let local = jiff::civil::DateTime::new(year, month, day, hour, minute, 0, 0).ok()?;
        let instant = local.to_zoned(self.0.clone()).ok()?.timestamp();
        Some(Timestamp(instant.as_millisecond()))
    }

    fn bare(&self, at: Timestamp, pattern: &str) -> String {
        let local = self.local(at);
        local.map_or_else(|| at.0.to_string(), |local| local.strftime(pattern).to_string())
    }

    fn show(&self, at: Timestamp, pattern: &str) -> String {
        let short = match self.name() {
            "Asia/Jakarta" | "Asia/Pontianak" => "WIB",
            "Asia/Makassar" => "WITA",
            "Asia/Jayapura" => "WIT",
            _ => "%Z",
        };
        self.bare(at, &format!("{pattern} {short}"))
    }

    /// A moment by the local clock; `None` for one that no calendar has.
    fn local(&self, at: Timestamp) -> Option<jiff::Zoned> {
        let instant = jiff::Timestamp::from_millisecond(at.0).ok()?;
        Some(instant.to_zoned(self.0.clone()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_times_are_read_with_any_fraction_and_offset() {
        let read = |text| Timestamp::from_rfc3339(text).map(|t| t.0);
        assert_eq!(read("2025-09-19T01:18:49.678622564Z"), Some(1_758_244_729_678));
        assert_eq!(read("2024-09-10T08:07:02.819+07:00"), Some(1_725_930_422_819));
        assert_eq!(read("2024-09-10T01:07:02Z"), Some(1_725_930_422_000));
        assert_eq!(read(""), None);
        assert_eq!(read("yesterday"), None);
    }

    #[test]
    fn times_are_shown_in_the_stores_zone() {
        let at = Timestamp(1_795_377_900_000);
        let shown = |zone| Zone::named(zone).expect("a zone").day_and_clock(at);
        assert_eq!(shown("Asia/Jakarta"), "23-11-2026 03:05 WIB");
        assert_eq!(shown("Asia/Makassar"), "23-11-2026 04:05 WITA");
        assert_eq!(shown("Asia/Jayapura"), "23-11-2026 05:05 WIT");
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}
