use image::{Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

/// A gradient: no two corners alike.
fn gradient(width: u32, height: u32) -> DynamicImage {
    let at = |x: u32, y: u32| Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 64]);
    RgbImage::from_fn(width, height, at).into()
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(vec![]);
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A PNG chunk with its checksum.
fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(body);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, name.as_slice(), body, &crc.sum().to_be_bytes()].concat()
}

/// A PNG that declares a size and carries `data` as its pixels.
fn declared(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes(), &height.to_be_bytes(), [8, 2, 0, 0, 0].as_slice()].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", data), chunk(b"IEND", b"")].concat();
    [b"\x89PNG\r\n\x1A\n".as_slice(), &chunks].concat()
}

/// `size` zeros, deflated.
fn zeros(size: usize) -> Vec<u8> {
    let mut zlib = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::best());
    zlib.write_all(&vec![0; size]).unwrap();
    zlib.finish().unwrap()
}

#[test]
fn formats_and_sizes() {
    let plain = gradient(40, 20);
    let clear: DynamicImage = RgbaImage::from_pixel(40, 20, Rgba([1, 2, 3, 4])).into();
    let table = [
        (&plain, ImageFormat::Jpeg, 100, (40, 20), Kind::Jpeg),
        (&plain, ImageFormat::Png, 10, (10, 5), Kind::Jpeg),
        (&plain, ImageFormat::WebP, 1, (1, 1), Kind::Jpeg),
        (&clear, ImageFormat::Png, 20, (20, 10), Kind::Png),
        (&clear, ImageFormat::WebP, 40, (40, 20), Kind::Png),
        (&clear, ImageFormat::Gif, 0, (1, 1), Kind::Png),
    ];
    for (image, format, edge, size, kind) in table {
        let picture = repaint(&file(image, format), edge).unwrap();
        assert_eq!(((picture.width, picture.height), picture.kind), (size, kind), "{format:?}");
        let again = image::load_from_memory(&picture.bytes).unwrap();
        assert_eq!((again.width(), again.height()), size);
    }
}

#[test]
fn the_copy_to_publish_keeps_its_pixels() {
    let image = gradient(64, 48);
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let picture = paint(&file(&image, format), Manner::Full).unwrap();
        assert_eq!(picture.kind, Kind::Png);
        assert!(image::load_from_memory(&picture.bytes).unwrap() == image, "{format:?}");
    }
    let picture = paint(&file(&image, ImageFormat::Jpeg), Manner::Full).unwrap();
    assert_eq!((picture.kind, picture.width), (Kind::Jpeg, 64));
}

#[test]
fn upright() {
    // TIFF header, one entry: orientation 6, the camera was turned to the right.
    let exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut jpeg = file(&gradient(40, 20), ImageFormat::Jpeg);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    jpeg.splice(2..2, [&[0xFF, 0xE1], length.as_slice(), exif].concat());
    let picture = paint(&jpeg, Manner::Full).unwrap();
    assert_eq!((picture.width, picture.height), (20, 40));
    assert!(!picture.bytes.windows(4).any(|w| w == b"Exif"));
    // What was dark at the lower left is now at the upper left.
    let again = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
    assert!(again.get_pixel(0, 0)[1] > 200 && again.get_pixel(19, 39)[0] > 200);
}

#[test]
fn a_moving_image_says_so() {
    let frame = || image::Frame::new(gradient(8, 8).into_rgba8());
    for (frames, want) in [(1, false), (3, true)] {
        let mut bytes = vec![];
        let mut gif = image::codecs::gif::GifEncoder::new(&mut bytes);
        gif.encode_frames((0..frames).map(|_| frame())).unwrap();
        drop(gif);
        assert_eq!(repaint(&bytes, 8).unwrap().moved, want, "{frames}");
    }
}

#[test]
fn bombs_and_ruins() {
    let whole = file(&gradient(64, 64), ImageFormat::Png);
    let jpeg = file(&gradient(64, 64), ImageFormat::Jpeg);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".to_vec();
    let table = [
        ("tiny file, 3600 megapixels", declared(60_000, 60_000, &zeros(100)), Refusal::TooLarge),
        ("no width", declared(0, 10, &zeros(100)), Refusal::Malformed),
        ("one long row", declared(u32::MAX, 1, &zeros(100)), Refusal::TooLarge),
        ("just over", declared(10_001, 10_000, &zeros(100)), Refusal::TooLarge),
        ("too few pixels", declared(100, 100, &zeros(100)), Refusal::Malformed),
        ("cut PNG", whole[..whole.len() / 2].to_vec(), Refusal::Malformed),
        ("head of a JPEG", jpeg[..20].to_vec(), Refusal::Malformed),
        ("HEIC", heic, Refusal::NotSupported),
        ("noise", b"\xFF\xD8\xFF\xE0nonsense".to_vec(), Refusal::Malformed),
        ("nothing", vec![], Refusal::NotSupported),
        ("a page", b"<html><script>".to_vec(), Refusal::NotSupported),
    ];
    for (name, bytes, want) in table {
        assert_eq!(repaint(&bytes, 100).map(|p| p.width), Err(want), "{name}");
        assert_eq!(paint(&bytes, Manner::Full).map(|p| p.width), Err(want), "{name}");
    }
}

#[test]
fn more_pixels_than_declared_cost_nothing() {
    let bomb = declared(10, 10, &zeros(200 << 20));
    assert!(bomb.len() < 1 << 20);
    // Either answer is right; the copy is 10 by 10 or there is none.
    if let Ok(picture) = repaint(&bomb, 100) {
        assert_eq!((picture.width, picture.height), (10, 10));
    }
}

#[test]
fn a_polyglot_leaves_its_other_half_behind() {
    let other: [&[u8]; 3] = [b"PK\x03\x04secret-half", b"<script>secret-half", b"%PDF-secret-half"];
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        for tail in other {
            let bytes = [file(&gradient(30, 30), format).as_slice(), tail].concat();
            for picture in [repaint(&bytes, 100).unwrap(), paint(&bytes, Manner::Full).unwrap()] {
                assert!(!picture.bytes.windows(11).any(|w| w == b"secret-half"));
            }
        }
    }
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
    let files = formats.map(|format| file(&gradient(24, 16), format));
    let flips = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    (prop::sample::select(files.to_vec()), flips, any::<prop::sample::Index>(), any::<bool>())
        .prop_map(|(mut bytes, flips, cut, cuts)| {
            flips.iter().for_each(|(at, byte)| *at.get_mut(&mut bytes) = *byte);
            let end = if cuts { cut.index(bytes.len()) } else { bytes.len() };
            bytes[..end].to_vec()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn mutated_images_are_answered(bytes in mutated()) {
        for manner in [Manner::Edge(10), Manner::Full] {
            if let Ok(picture) = paint(&bytes, manner) {
                prop_assert!(image::load_from_memory(&picture.bytes).is_ok());
            }
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for magic in [b"\xFF\xD8\xFF".as_slice(), b"\x89PNG\r\n\x1A\n", b"GIF89a", b"RIFF\0\0\0\x10WEBP"] {
            let _ = repaint(&[magic, &bytes].concat(), 10);
        }
    }
}
