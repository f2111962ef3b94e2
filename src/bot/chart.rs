//! A chart of bars as a small PNG that can be read on a phone, on its own light ground.

use std::sync::LazyLock;

use plotters::prelude::*;
use plotters::style::register_font;
use serde::{Deserialize, Serialize};

use super::pictures;
use crate::primitives::Language;

const WIDTH: u32 = 900;
const HEIGHT: u32 = 540;
/// More bars than this are not drawn.
const MOST_BARS: usize = 60;
/// Higher amounts are drawn as high as this, in rupiah.
const HIGHEST: i64 = 1_000_000_000_000_000;
const GROUND: RGBColor = RGBColor(250, 250, 250);
const INK: RGBColor = RGBColor(55, 65, 81);
const LINES: RGBColor = RGBColor(222, 225, 230);
const BARS: RGBColor = RGBColor(22, 138, 74);
const FONT: &str = "sans-serif";
/// In pixels: legible when a phone shows the picture a third of its size.
const LETTERS: u32 = 30;

/// Amounts over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// A word under each bar, and its amount in rupiah.
    pub bars: Vec<(String, i64)>,
    /// In which language large numbers are shortened.
    pub language: Language,
}

/// The chart cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a chart cannot be drawn: {0}")]
pub struct Undrawn(String);

/// The chart as PNG.
///
/// # Errors
/// [`Undrawn`] when the font cannot be used.
pub fn draw(chart: &Chart) -> Result<Vec<u8>, Undrawn> {
    static KNOWN: LazyLock<bool> =
        LazyLock::new(|| register_font(FONT, FontStyle::Normal, ttf_noto_sans::REGULAR).is_ok());
    if !*KNOWN {
        return Err(Undrawn("its font cannot be read".to_owned()));
    }
    let mut pixels = vec![0; WIDTH as usize * HEIGHT as usize * 3];
    let area = BitMapBackend::with_buffer(&mut pixels, (WIDTH, HEIGHT)).into_drawing_area();
    bars(&area, chart).map_err(|error| Undrawn(error.to_string()))?;
    drop(area);
    Ok(pictures::png(&pixels, (WIDTH, HEIGHT)))
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;

fn bars(area: &Area<'_>, chart: &Chart) -> Result<(), Box<dyn std::error::Error>> {
    let shown = &chart.bars[..chart.bars.len().min(MOST_BARS)];
    let bounded = |amount: i64| amount.clamp(0, HIGHEST);
    let most = shown.iter().map(|(_, amount)| bounded(*amount)).max().unwrap_or_default().max(1);
    // A tenth of the height stays free above the highest bar.
    let top = most + most / 10 + 1;
    let count = i32::try_from(shown.len()).unwrap_or_default().max(1);
    let letters = (FONT, LETTERS).into_font().color(&INK);
    area.fill(&GROUND)?;
    let mut plot = ChartBuilder::on(area)
        .margin(16)
        .x_label_area_size(50)
        .y_label_area_size(120)
        .build_cartesian_2d((0..count - 1).into_segmented(), 0..top)?;
    let word = |place: &SegmentValue<i32>| match place {
        SegmentValue::CenterOf(place) => {
            let place = usize::try_from(*place).ok();
            place.and_then(|place| shown.get(place)).map_or(String::new(), |(word, _)| word.clone())
        }
        SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
    };
    plot.configure_mesh()
        .disable_x_mesh()
        .bold_line_style(LINES)
        .light_line_style(GROUND)
        .axis_style(LINES)
        .x_labels(8)
        .y_labels(6)
        .x_label_style(letters.clone())
        .y_label_style(letters)
        .x_label_formatter(&word)
        .y_label_formatter(&|amount| short(*amount, chart.language))
        .draw()?;
    for ((_, amount), place) in shown.iter().zip(0..) {
        let (left, right) = (SegmentValue::Exact(place), SegmentValue::Exact(place + 1));
        let mut bar = Rectangle::new([(left, 0), (right, bounded(*amount))], BARS.filled());
        let side = if shown.len() > 12 { 3 } else { 12 };
        bar.set_margin(0, 0, side, side);
        plot.draw_series(std::iter::once(bar))?;
    }
    area.present()?;
    Ok(())
}

/// A number in as few letters as tell it: `1,5 jt`, `25 rb`; `1.5m`, `25k`.
fn short(amount: i64, language: Language) -> String {
    let (thousand, million, point) = match language {
        Language::Id => (" rb", " jt", ','),
        Language::En => ("k", "m", '.'),
    };
    let with = |unit: i64, word: &str| {
        let (whole, tenths) = (amount / unit, amount % unit / (unit / 10));
        let tenths = if tenths == 0 { String::new() } else { format!("{point}{tenths}") };
        format!("{whole}{tenths}{word}")
    };
    match amount {
        1_000_000.. => with(1_000_000, million),
        1_000.. => with(1_000, thousand),
        _ => amount.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(amounts: impl IntoIterator<Item = i64>) -> Vec<u8> {
        let bars = amounts.into_iter().zip(1..).map(|(amount, day)| (format!("{day}/11"), amount));
        draw(&Chart { bars: bars.collect(), language: Language::Id }).expect("drawn")
    }

    #[test]
    fn charts_are_small_and_differ_with_their_amounts() {
        let month = chart((0..30).map(|day| day % 7 * 1_250_000));
        for png in [&month, &chart([]), &chart([0]), &chart([i64::MAX]), &chart(vec![1; 90])] {
            assert!(png.starts_with(b"\x89PNG"));
            assert!(png.len() < 100_000, "{} bytes", png.len());
        }
        assert_ne!(month, chart((0..30).map(|day| day % 5 * 1_250_000)));
    }

    #[test]
    fn numbers_are_short() {
        let id = |amount| short(amount, Language::Id);
        assert_eq!(id(0), "0");
        assert_eq!(id(950), "950");
        assert_eq!(id(25_000), "25 rb");
        assert_eq!(id(1_550_000), "1,5 jt");
        assert_eq!(short(1_500_000, Language::En), "1.5m");
    }
}
