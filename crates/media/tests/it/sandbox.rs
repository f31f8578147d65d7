//! What a worker cannot do, shown by one that tries.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use payamgir_media::{CLEAN_BYTES, Kind, Refusal, worker};

use crate::support::{LONG, workshop};

fn attempt(how: &str, name: &str, deadline: Duration) -> Result<String, Refusal> {
    let job: [OsString; 2] = [how.into(), name.into()];
    let said = workshop().run(&job, &mut std::io::empty(), 1024, deadline)?;
    Ok(String::from_utf8(said).unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn misdeeds_fail() {
    let refused = Ok("Some(1)".to_owned());
    let table = [
        ("nothing", Ok("done".to_owned())),
        ("read", refused.clone()),
        ("list", refused.clone()),
        ("write", refused.clone()),
        ("remove", refused),
        ("connect", Err(Refusal::Crashed)),
        ("bind", Err(Refusal::Crashed)),
        ("unix", Err(Refusal::Crashed)),
        ("spawn", Err(Refusal::Crashed)),
        ("thread", Err(Refusal::Crashed)),
        ("memory", Ok("Some(12)".to_owned())),
        ("panic", Err(Refusal::Crashed)),
        ("abort", Err(Refusal::Crashed)),
        ("flood", Err(Refusal::TooLarge)),
    ];
    for (name, want) in table {
        assert_eq!(attempt("misdeed", name, LONG), want, "{name}");
    }
}

/// Else the test above would show nothing.
#[test]
fn without_the_sandbox_they_succeed() {
    for name in ["read", "list", "bind", "unix", "spawn", "thread", "write", "remove", "memory"] {
        assert_eq!(attempt("free", name, LONG).as_deref(), Ok("done"), "{name}");
    }
}

#[test]
fn who_does_not_end_is_ended() {
    for name in ["spin", "linger"] {
        let began = Instant::now();
        let deadline = Duration::from_millis(700);
        assert_eq!(attempt("misdeed", name, deadline), Err(Refusal::TimedOut), "{name}");
        assert!(began.elapsed() < Duration::from_secs(20), "{name}");
    }
}

#[test]
fn a_program_that_is_not_there() {
    let nowhere = payamgir_media::Workshop::new("/nonexistent".into(), vec![]);
    let said = nowhere.facts(&mut std::io::empty(), LONG);
    assert_eq!(said.err(), Some(Refusal::NoSandbox));
}

#[test]
fn an_endless_input_is_refused() {
    let picture = workshop().picture(&mut std::io::repeat(0xFF), 100, LONG);
    assert_eq!(picture.err(), Some(Refusal::TooLarge));
}

#[test]
#[cfg(target_os = "linux")]
fn it_says_what_holds_it() {
    let said = worker::confinement();
    assert!(said.contains(&"seccomp") && said.contains(&"rlimits"), "{said:?}");
}

#[test]
fn a_picture_is_made_inside() {
    let image = image::DynamicImage::new_rgb8(300, 100);
    let mut file = std::io::Cursor::new(vec![]);
    image.write_to(&mut file, image::ImageFormat::Png).unwrap();
    let picture = workshop().picture(&mut file.get_ref().as_slice(), 30, LONG).unwrap();
    assert_eq!((picture.width, picture.height), (30, 10));
    let noise = workshop().picture(&mut b"\x89PNG\r\n\x1A\nnoise".as_slice(), 30, LONG);
    assert_eq!(noise.err(), Some(Refusal::Malformed));
}

/// The largest image that is allowed fits the process, and is turned there: two copies of it.
#[test]
fn a_hundred_megapixels_fit() {
    let image = image::DynamicImage::new_rgb8(12_500, 8_000);
    let mut file = std::io::Cursor::new(vec![]);
    image.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    let mut file = file.into_inner();
    // TIFF header, one entry: orientation 6.
    let exif =
        b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    file.splice(2..2, *exif);
    let picture = workshop().picture(&mut file.as_slice(), 100, LONG).unwrap();
    assert_eq!((picture.width, picture.height), (64, 100));
    let mut copy = vec![];
    let cleaned = workshop().clean(&mut file.as_slice(), &mut copy, CLEAN_BYTES, LONG).unwrap();
    assert_eq!((cleaned.kind, cleaned.left), (Kind::Jpeg, Ok(vec![])));
    let size =
        image::ImageReader::with_format(std::io::Cursor::new(copy), image::ImageFormat::Jpeg);
    assert_eq!(size.into_dimensions().unwrap(), (8_000, 12_500));
}
