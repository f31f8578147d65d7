//! An image made anew: decoded, turned upright, made smaller, encoded without anything else.
//!
//! The copy for publishing is made the same way at full size, not by cutting metadata out of the
//! file: what is drawn anew cannot carry a segment nobody thought of, a trailer, a second image or
//! a maker's note, and it needs no exception for orientation. The price is a second loss of JPEG
//! quality, an ICC profile that is dropped (wide-gamut colours look paler), and that only the
//! first frame of a moving image is kept. The pixels themselves are as they were: faces, screens,
//! and the pattern of the sensor, by which a camera can be recognised.

use std::io::{Cursor, Seek, Write};

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
};

use crate::{Kind, Refusal, sniff};

/// Most million pixels that an image may declare.
pub const MEGAPIXELS: u64 = 100;
/// Most bytes of an image's file, and of the picture made from it.
pub const PICTURE_BYTES: usize = 96 * 1024 * 1024;
/// Most bytes of memory for the pixels of one copy: 100 megapixels of 24 bits. Two fit the
/// process.
const PIXEL_BYTES: u64 = 300_000_000;

/// An image without anything but its pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right, upright.
    pub width: u32,
    /// Pixels from top to bottom, upright.
    pub height: u32,
    /// Whether the original moved; only its first frame is here.
    pub moved: bool,
    /// [`Kind::Jpeg`] or, where there is transparency, [`Kind::Png`].
    pub kind: Kind,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    /// Nothing of the image.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Picture")
    }
}

/// How an image is to be made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// To look at: no edge longer than this; JPEG unless there is transparency.
    Edge(u32),
    /// To publish: full size; JPEG stays JPEG, everything else becomes PNG.
    Full,
}

/// The image in `bytes`, upright, no edge longer than `max_edge`, JPEG of quality 85 or PNG.
///
/// Work for a sandboxed process: see [`crate::Workshop::picture`].
///
/// # Errors
///
/// [`Refusal::NotSupported`] for other than JPEG, PNG, WebP and GIF (HEIC needs a decoder that
/// is not here), [`Refusal::TooLarge`] over [`MEGAPIXELS`] or 300 MB of pixels,
/// [`Refusal::Malformed`].
pub fn repaint(bytes: &[u8], max_edge: u32) -> Result<Picture, Refusal> {
    paint(bytes, Manner::Edge(max_edge.max(1)))
}

pub(crate) fn paint(bytes: &[u8], manner: Manner) -> Result<Picture, Refusal> {
    let kind = sniff(bytes);
    let (mut image, orientation) = decode(bytes, format(kind)?)?;
    if let Manner::Edge(edge) = manner {
        image = shrink(image, edge);
    }
    let transparent = image.color().has_alpha();
    image.apply_orientation(orientation);
    let lossless = match manner {
        Manner::Edge(_) => transparent,
        Manner::Full => transparent || kind != Kind::Jpeg,
    };
    let quality = if manner == Manner::Full { 92 } else { 85 };
    let (width, height) = (image.width(), image.height());
    let file = encode(image, lossless, quality)?;
    let kind_now = if lossless { Kind::Png } else { Kind::Jpeg };
    Ok(Picture { width, height, moved: moves(bytes, kind), kind: kind_now, bytes: file })
}

fn format(kind: Kind) -> Result<ImageFormat, Refusal> {
    match kind {
        Kind::Jpeg => Ok(ImageFormat::Jpeg),
        Kind::Png => Ok(ImageFormat::Png),
        Kind::WebP => Ok(ImageFormat::WebP),
        Kind::Gif => Ok(ImageFormat::Gif),
        _ => Err(Refusal::NotSupported),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(PIXEL_BYTES + PIXEL_BYTES / 4);
    limits
}

/// The first frame and how it is to be turned.
fn decode(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), Refusal> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|e| refusal(&e))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MEGAPIXELS * 1_000_000 || decoder.total_bytes() > PIXEL_BYTES {
        return Err(Refusal::TooLarge);
    }
    // Orientation that cannot be read is no reason to refuse the image.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|e| refusal(&e))?;
    Ok((image, orientation))
}

/// Why the library could not; its words, which may quote the file, are dropped.
fn refusal(error: &ImageError) -> Refusal {
    match error {
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::Unsupported { .. } => Refusal::NotSupported,
            _ => Refusal::TooLarge,
        },
        ImageError::Unsupported(_) => Refusal::NotSupported,
        _ => Refusal::Malformed,
    }
}

/// `image` with no edge longer than `edge`; never made larger.
fn shrink(image: DynamicImage, edge: u32) -> DynamicImage {
    if image.width() <= edge && image.height() <= edge {
        return image;
    }
    image.thumbnail(edge, edge)
}

fn encode(image: DynamicImage, lossless: bool, quality: u8) -> Result<Vec<u8>, Refusal> {
    let mut file = Bounded(Cursor::new(vec![]));
    let done = if lossless {
        image.write_to(&mut file, ImageFormat::Png)
    } else {
        image.into_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut file, quality))
    };
    match done {
        Ok(()) => Ok(file.0.into_inner()),
        Err(ImageError::IoError(_)) => Err(Refusal::TooLarge),
        Err(_) => Err(Refusal::Malformed),
    }
}

/// A file in memory that does not grow over [`PICTURE_BYTES`].
struct Bounded(Cursor<Vec<u8>>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.get_ref().len() + bytes.len() > PICTURE_BYTES {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

/// Whether there is more than one frame.
fn moves(bytes: &[u8], kind: Kind) -> bool {
    let file = Cursor::new(bytes);
    match kind {
        Kind::Gif => GifDecoder::new(file).is_ok_and(|mut gif| {
            gif.set_limits(limits()).is_ok() && gif.into_frames().take(2).flatten().count() > 1
        }),
        Kind::WebP => WebPDecoder::new(file).is_ok_and(|webp| webp.has_animation()),
        Kind::Png => PngDecoder::with_limits(file, limits())
            .is_ok_and(|png| png.is_apng().unwrap_or_default()),
        _ => false,
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
