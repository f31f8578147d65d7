//! Files that say who made them: each with canaries, written by the tools that people use.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use zip::write::SimpleFileOptions;

/// What the samples say, and what must be gone.
pub const AUTHOR: &str = "CanaryAuthor";
pub const DEVICE: &str = "CanaryDevice";
pub const SERIAL: &str = "CanarySerial";
pub const TITLE: &str = "CanaryTitle";
/// Facts write places so; exiftool writes this one as `35 deg 41'` or in decimal.
pub const PLACE: &str = "35.689";
pub const CANARIES: [&str; 6] = ["Canary", PLACE, "35 deg 41", "51.389", "51 deg 23", "2009"];

/// A file, its name and what `facts` must find in it.
pub struct Sample {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub says: &'static [&'static str],
}

/// All of them; `folder` is for the tools, which want names.
pub fn all(folder: &Path) -> Vec<Sample> {
    let mut samples = images(folder);
    samples.extend(films(folder));
    samples.push(pdf(folder));
    samples.push(docx());
    samples.push(odt());
    samples
}

/// Runs a tool; its words are shown where it fails.
pub fn run(program: &str, args: &[&str]) {
    let done = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}

fn images(folder: &Path) -> Vec<Sample> {
    let at = |x: u32, y: u32| Rgb([(x * 2) as u8, (y * 3) as u8, 90]);
    let image: DynamicImage = RgbImage::from_fn(96, 64, at).into();
    let formats =
        [("a.jpg", ImageFormat::Jpeg), ("a.png", ImageFormat::Png), ("a.webp", ImageFormat::WebP)];
    let sample = |(name, format)| {
        let mut file = Cursor::new(vec![]);
        image.write_to(&mut file, format).unwrap();
        tagged(folder, name, &file.into_inner(), &TAGS);
        Sample {
            name,
            bytes: std::fs::read(folder.join(name)).unwrap(),
            says: &[AUTHOR, DEVICE, SERIAL, TITLE, PLACE, "2009"],
        }
    };
    formats.map(sample).into()
}

const TAGS: [&str; 12] = [
    "-EXIF:GPSLatitude=35.6892",
    "-EXIF:GPSLatitudeRef=N",
    "-EXIF:GPSLongitude=51.3890",
    "-EXIF:GPSLongitudeRef=E",
    "-EXIF:Artist=CanaryAuthor",
    "-EXIF:Model=CanaryDevice",
    "-EXIF:SerialNumber=CanarySerial",
    "-EXIF:DateTimeOriginal=2009:06:20 12:00:00",
    "-EXIF:Orientation#=6",
    "-XMP-dc:Title=CanaryTitle",
    "-XMP-dc:Creator=CanaryAuthor",
    "-XMP-exif:GPSLatitude=35.6892",
];

fn tagged(folder: &Path, name: &str, bytes: &[u8], tags: &[&str]) {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let path = path.to_str().unwrap();
    run("/usr/bin/exiftool", &[&["-q", "-overwrite_original"], tags, &[path]].concat());
}

/// Sound and film, from ffmpeg's own sources.
fn films(folder: &Path) -> Vec<Sample> {
    let video: &[&str] = &["-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5"];
    let audio: &[&str] = &["-f", "lavfi", "-i", "sine=d=1"];
    let phone: &[&str] = &[AUTHOR, DEVICE, TITLE, PLACE, "2009"];
    let table = [
        (
            "a.mp4",
            &[video, audio].concat(),
            &[] as &[&str],
            &[AUTHOR, TITLE, PLACE, "2009"] as &[_],
        ),
        ("a.mov", &[video, audio].concat(), &["-movflags", "use_metadata_tags"], phone),
        ("a.webm", &[video, audio].concat(), &[], &[AUTHOR, DEVICE, TITLE, PLACE]),
        ("a.m4a", &audio.to_vec(), &[], &[AUTHOR, TITLE, "2009"]),
        ("a.ogg", &audio.to_vec(), &["-c:a", "libvorbis"], &[AUTHOR, DEVICE, TITLE, PLACE]),
        ("a.mp3", &audio.to_vec(), &[], &[AUTHOR, DEVICE, TITLE, PLACE]),
        ("a.wav", &audio.to_vec(), &[], &[AUTHOR, TITLE]),
    ];
    let sample = |(name, inputs, flags, says): (_, &Vec<&str>, &[&str], _)| Sample {
        name,
        bytes: film(folder, name, inputs, flags),
        says,
    };
    table.map(sample).into()
}

fn film(folder: &Path, name: &str, inputs: &[&str], flags: &[&str]) -> Vec<u8> {
    let path = folder.join(name);
    let mut args = vec!["-nostdin", "-v", "error", "-y"];
    args.extend(inputs);
    for pair in [
        "artist=CanaryAuthor",
        "title=CanaryTitle",
        "make=CanaryDevice",
        "com.apple.quicktime.model=CanaryDevice",
        "location=+35.6892+051.3890/",
        "serial=CanarySerial",
        "creation_time=2009-06-20T12:00:00Z",
    ] {
        args.extend(["-metadata", pair]);
    }
    args.extend(flags);
    args.push(path.to_str().unwrap());
    run("/usr/bin/ffmpeg", &args);
    std::fs::read(path).unwrap()
}

/// One page with words, then exiftool's tags.
fn pdf(folder: &Path) -> Sample {
    let text = "BT /F1 24 Tf 20 100 Td (words of a page) Tj ET";
    let objects = [
        "<</Type /Catalog /Pages 2 0 R>>".to_owned(),
        "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned(),
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R \
         /Resources <</Font <</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{text}\nendstream", text.len()),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".to_owned(),
        "<</Producer (CanaryDevice) /CreationDate (D:20090620120000Z)>>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "xref\n0 7\n0000000000 65535 f \n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let start = file.len();
    file += &format!(
        "{table}trailer\n<</Size 7 /Root 1 0 R /Info 6 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    let tags =
        ["-PDF:Author=CanaryAuthor", "-PDF:Title=CanaryTitle", "-XMP-dc:Rights=CanarySerial"];
    tagged(folder, "a.pdf", file.as_bytes(), &tags);
    Sample {
        name: "a.pdf",
        bytes: std::fs::read(folder.join("a.pdf")).unwrap(),
        says: &[AUTHOR, DEVICE, TITLE, SERIAL, "2009"],
    }
}

/// A zip; the first member is stored, as ODT demands.
pub fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    for (at, (name, body)) in members.iter().enumerate() {
        let way =
            if at == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(way)).unwrap();
        zip.write_all(body).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/></Relationships>"#;
const CORE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>CanaryTitle</dc:title><dc:creator>CanaryAuthor</dc:creator><dc:description>CanarySerial</dc:description><dcterms:created xsi:type="dcterms:W3CDTF">2009-06-20T12:00:00Z</dcterms:created></cp:coreProperties>"#;
const APP: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>CanaryDevice</Application><Company>CanaryAuthor</Company></Properties>"#;
const TEXT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:ins w:id="0" w:author="CanaryAuthor" w:date="2009-06-20T12:00:00Z"><w:r><w:t>words of a page</w:t></w:r></w:ins></w:p></w:body></w:document>"#;

/// The members of a letter.
pub const LETTER: [(&str, &[u8]); 5] = [
    ("[Content_Types].xml", TYPES.as_bytes()),
    ("_rels/.rels", RELS.as_bytes()),
    ("word/document.xml", TEXT.as_bytes()),
    ("docProps/core.xml", CORE.as_bytes()),
    ("docProps/app.xml", APP.as_bytes()),
];

fn docx() -> Sample {
    let says: &[&str] = &[AUTHOR, DEVICE, TITLE, SERIAL, "2009"];
    Sample { name: "a.docx", bytes: zipped(&LETTER), says }
}

const META: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"><office:meta><meta:initial-creator>CanaryAuthor</meta:initial-creator><meta:generator>CanaryDevice</meta:generator><dc:title>CanaryTitle</dc:title><meta:user-defined meta:name="n">CanarySerial</meta:user-defined><meta:creation-date>2009-06-20T12:00:00</meta:creation-date></office:meta></office:document-meta>"#;
const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body><office:text><text:p>words of a page</text:p></office:text></office:body></office:document-content>"#;
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>"#;

fn odt() -> Sample {
    let members: [(&str, &[u8]); 4] = [
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", CONTENT.as_bytes()),
        ("meta.xml", META.as_bytes()),
        ("META-INF/manifest.xml", MANIFEST.as_bytes()),
    ];
    let says: &[&str] = &[AUTHOR, DEVICE, TITLE, SERIAL, "2009"];
    Sample { name: "a.odt", bytes: zipped(&members), says }
}
