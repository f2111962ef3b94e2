//! The pictures on an order's message, drawn by us as PNG in two colours: a QR, a tick, a cross.

use std::sync::LazyLock;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};
use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around a QR, as the standard asks.
const QUIET: usize = 4;
/// Pixels of a side, about: large enough to scan from another screen.
const SIDE: usize = 640;
const BLACK: u8 = 0;
const WHITE: u8 = 255;

/// The text does not fit a QR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this text does not fit a QR")]
pub struct TooMuch;

/// A PNG of the QR that holds exactly `text`.
///
/// # Errors
/// [`TooMuch`] when it holds more than a QR can.
pub fn qr(text: &str) -> Result<Vec<u8>, TooMuch> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooMuch)?;
    let (width, modules) = (code.width(), code.to_colors());
    let scale = (SIDE / (width + 2 * QUIET)).max(4);
    let side = (width + 2 * QUIET) * scale;
    let dark = |column: usize, row: usize| modules[row * width + column] == Color::Dark;
    let mut pixels = vec![WHITE; side * side];
    for row in 0..width {
        // One line of pixels is drawn; the other lines of these modules are its copies.
        let first = (row + QUIET) * scale * side;
        for column in (0..width).filter(|column| dark(*column, row)) {
            let left = first + (column + QUIET) * scale;
            pixels[left..left + scale].fill(BLACK);
        }
        for copy in 1..scale {
            pixels.copy_within(first..first + side, first + copy * side);
        }
    }
    let side = u32::try_from(side).expect("a picture has a few hundred pixels");
    Ok(encode(&pixels, (side, side), ExtendedColorType::L8))
}

/// A green tick: paid.
#[must_use]
pub fn paid() -> Vec<u8> {
    static TICK: LazyLock<Vec<u8>> = LazyLock::new(|| {
        sign([22, 138, 74], |x, y| {
            stroke(x, y, (270, 105), (305, 140)) || stroke(x, y, (305, 140), (375, 65))
        })
    });
    TICK.clone()
}

/// A grey cross: closed.
#[must_use]
pub fn closed() -> Vec<u8> {
    static CROSS: LazyLock<Vec<u8>> = LazyLock::new(|| {
        sign([112, 117, 124], |x, y| {
            stroke(x, y, (280, 60), (360, 140)) || stroke(x, y, (360, 60), (280, 140))
        })
    });
    CROSS.clone()
}

/// A low banner of one colour with a white mark, so that the receipt's words stay in sight.
fn sign(ground: [u8; 3], mark: impl Fn(i64, i64) -> bool) -> Vec<u8> {
    let picture = RgbImage::from_fn(640, 200, |x, y| {
        if mark(i64::from(x), i64::from(y)) { Rgb([255; 3]) } else { Rgb(ground) }
    });
    png(picture.as_raw(), (640, 200))
}

/// Whether a point lies within 11 pixels of a line between two points.
fn stroke(x: i64, y: i64, from: (i64, i64), to: (i64, i64)) -> bool {
    const REACH: i64 = 11;
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let (off_x, off_y) = (x - from.0, y - from.1);
    let length = along_x.pow(2) + along_y.pow(2);
    let along = (off_x * along_x + off_y * along_y).clamp(0, length);
    let (near_x, near_y) = (off_x * length - along_x * along, off_y * length - along_y * along);
    near_x.pow(2) + near_y.pow(2) <= (REACH * length).pow(2)
}

/// Pixels of three bytes each, row by row, as PNG.
pub(super) fn png(pixels: &[u8], size: (u32, u32)) -> Vec<u8> {
    encode(pixels, size, ExtendedColorType::Rgb8)
}

fn encode(pixels: &[u8], (width, height): (u32, u32), colours: ExtendedColorType) -> Vec<u8> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Up)
        .write_image(pixels, width, height, colours)
        .expect("writing into memory cannot fail");
    png
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_small() {
        let payload = "00020101021226610016COM.CONTOHBANK.WWW".repeat(7);
        for png in [qr(&payload).expect("fits"), paid(), closed()] {
            assert!(png.starts_with(b"\x89PNG"));
            assert!(png.len() < 20_000, "{} bytes", png.len());
        }
        assert_eq!(qr(&"x".repeat(5_000)), Err(TooMuch));
    }
}
