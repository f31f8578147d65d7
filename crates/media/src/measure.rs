//! The width and height that a PNG or JPEG says of itself: bytes of its head are read, and nothing is
//! decoded.

/// Width and height in pixels; `None` where it is neither, or does not say.
pub fn size_of_picture(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some((word(bytes, 16)?, word(bytes, 20)?)),
        [0xff, 0xd8, rest @ ..] => jpeg(rest),
        _ => None,
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word))
}

/// ITU-T T.81, annex B: segments until the frame's header, which is of any kind but DHT, JPG and DAC.
fn jpeg(mut rest: &[u8]) -> Option<(u32, u32)> {
    loop {
        let (marker, after) = match rest {
            [0xff, 0xff, ..] => {
                rest = &rest[1..];
                continue;
            }
            [0xff, marker, after @ ..] => (*marker, after),
            _ => return None,
        };
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_, _, _, high, low, wide, narrow, ..] = after else { return None };
            let side = |high: &u8, low: &u8| u32::from(u16::from_be_bytes([*high, *low]));
            return Some((side(wide, narrow), side(high, low)));
        }
        rest = after.get(length..).filter(|_| length >= 2)?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_encoder_wrote() {
        for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg] {
            let mut bytes = std::io::Cursor::new(vec![]);
            image::RgbImage::new(321, 45).write_to(&mut bytes, format).unwrap();
            assert_eq!(size_of_picture(bytes.get_ref()), Some((321, 45)));
        }
        assert_eq!(size_of_picture(b"GIF89a"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(mut bytes: Vec<u8>) {
            let _ = size_of_picture(&bytes);
            bytes.splice(..0, [0xff, 0xd8, 0xff, 0xe0]);
            let _ = size_of_picture(&bytes);
        }
    }
}
