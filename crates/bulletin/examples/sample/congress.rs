//! An invented congress: two editions in Persian and English with everything an item can have, or
//! as many short items as are asked for.
#![allow(dead_code)]

use std::collections::BTreeMap;

use payamgir_bulletin::Cleared;
use payamgir_redact::Hidden;
use payamgir_wire::edition::{
    Bulletin, Byline, Correction, Day, Edition, Heading, Id, Item, Kind, Label, Medium, Slug,
    Spoken, Withdrawal,
};
use payamgir_wire::hex::Hex;
use sha2::{Digest, Sha256};

/// Everything that is published.
pub struct Congress {
    pub bulletin: Cleared<Bulletin>,
    pub editions: Vec<(Id, Cleared<Edition>)>,
    pub items: BTreeMap<Id, Cleared<Item>>,
    pub media: Vec<(Medium, Vec<u8>)>,
}

impl Congress {
    /// Says where it is served.
    pub fn set_base(&mut self, base: &str) {
        let bulletin = Bulletin { base: base.into(), ..self.bulletin.clone().into_inner() };
        self.bulletin = clear(bulletin);
    }
}

fn clear<T: payamgir_redact::Texts>(what: T) -> Cleared<T> {
    Hidden::default().clear(what).expect("nothing is hidden")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn bulletin() -> Bulletin {
    let spoken = |lang: &str, title: &str, about: &str| Spoken {
        lang: lang.into(),
        title: title.into(),
        about: about.into(),
    };
    Bulletin {
        spoken: vec![
            spoken("fa", "صدای کنگره", "پیام‌های کسانی که از کنگره‌اند و نمی‌توانند در سالن باشند."),
            spoken(
                "en",
                "Voice of the Congress",
                "Words of those who belong to the congress and cannot be in the room.",
            ),
        ],
        addresses: vec![
            "https://congress.example/".into(),
            "http://congressxample2345.onion/".into(),
        ],
        base: String::new(),
        tag: "congress.example,2026".into(),
    }
}

/// An item with a body and nothing else.
fn plain(lang: &str, slug: &str, title: &str, body: &str) -> Item {
    Item {
        slug: Slug(slug.into()),
        lang: lang.into(),
        kind: Kind::Words,
        title: title.into(),
        pulls: vec![],
        body: body.into(),
        byline: Byline::None,
        place: String::new(),
        day: None,
        label: Label::None,
        translates: None,
        answers: vec![],
        media: vec![],
        corrections: vec![],
        withdrawn: None,
    }
}

fn medium(media_type: &str, bytes: &[u8], alt: &str) -> Medium {
    Medium {
        record: 1,
        hash: Hex(Sha256::digest(bytes).into()),
        media_type: media_type.into(),
        width: 0,
        height: 0,
        alt: alt.into(),
        caption: String::new(),
        credit: String::new(),
        transcript: String::new(),
    }
}

/// A picture of bands, of another colour for each number.
fn picture(number: u8) -> (Vec<u8>, u32, u32) {
    let (width, height) = (640u32, 400u32);
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let shade = |x: u32, y: u32| [(x / 3) as u8, (y / 2) as u8, number.wrapping_mul(60)];
    let data: Vec<u8> =
        (0..height).flat_map(|y| (0..width).flat_map(move |x| shade(x, y))).collect();
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&data))
        .expect("a picture");
    (bytes, width, height)
}

/// A second of a quiet tone.
fn sound() -> Vec<u8> {
    let samples: Vec<u8> = (0..8_000u32).map(|at| 128 + (at % 40) as u8).collect();
    let mut wav = b"RIFF".to_vec();
    wav.extend_from_slice(&(36 + samples.len() as u32).to_le_bytes());
    wav.extend_from_slice(
        b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data",
    );
    wav.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    wav.extend_from_slice(&samples);
    wav
}

const LETTER: &str = include_str!("letter.fa.md");
const LETTER_EN: &str = include_str!("letter.en.md");
const POEM: &str = include_str!("poem.fa.md");
const VOICE: &str = include_str!("voice.fa.md");
const RESOLUTION: &str = include_str!("resolution.fa.md");

/// Two editions with everything an item can have.
pub fn small() -> Congress {
    let id = |number: u8| Hex([number; 16]);
    let (pixels, width, height) = picture(1);
    let picture = Medium {
        width,
        height,
        caption: "درِ کارخانه، از پشت پنجرهٔ سرویس".into(),
        credit: "عکس: فرستنده".into(),
        ..medium("image/png", &pixels, "درِ بستهٔ کارخانه‌ای در سپیده‌دم")
    };
    let tone = sound();
    let voice = Medium {
        caption: "پیام صوتی، یک دقیقه".into(),
        transcript: "سلام. من از شیفت شب حرف می‌زنم.\nصدایم را عوض کرده‌اند.".into(),
        ..medium("audio/wav", &tone, "پیام صوتی کارگر شیفت شب")
    };
    let letter = Item {
        byline: Byline::Collective("جمعی از کارگران کارخانهٔ نساجی".into()),
        place: "شهری در جنوب".into(),
        day: Some(day("1405-08")),
        label: Label::Confirmed,
        pulls: vec!["ما را نمی‌بینند، چون نمی‌خواهند ببینند".into()],
        media: vec![picture.clone()],
        corrections: vec![Correction {
            day: day("2026-11-29"),
            text: "در نسخهٔ نخست شمار کارگران ۴۲۰ نوشته شده بود؛ درست آن ۴۰۲ است.".into(),
        }],
        ..plain("fa", "nasaji", "سه ماه بی‌حقوق، سه ماه بی‌جواب", LETTER)
    };
    let english = Item {
        byline: Byline::Collective("Workers of a textile mill".into()),
        place: "A town in the south".into(),
        day: Some(day("1405-08")),
        label: Label::Confirmed,
        pulls: vec!["They do not see us because they do not want to".into()],
        translates: Some(id(1)),
        ..plain("en", "mill", "Three months unpaid, three months unanswered", LETTER_EN)
    };
    let poem = Item {
        byline: Byline::Name("نسیم".into()),
        day: Some(day("1405")),
        ..plain("fa", "sher", "از این سوی دیوار", POEM)
    };
    let voice_item = Item {
        label: Label::Unchecked,
        media: vec![voice.clone()],
        ..plain("fa", "shift-shab", "شیفت شب حرف می‌زند", VOICE)
    };
    let gone = Item {
        withdrawn: Some(Withdrawal {
            day: day("2026-11-30"),
            reason: "به خواست فرستنده برداشته شد.".into(),
        }),
        ..plain("fa", "yaddasht", "یادداشتی از شمال", "متنی که دیگر نیست.")
    };
    let resolution = Item {
        kind: Kind::Resolution,
        answers: vec![id(1), id(4)],
        day: Some(day("2026-11-30")),
        ..plain("fa", "mosavabe-3", "مصوبهٔ شمارهٔ ۳: دربارهٔ مزدهای عقب‌افتاده", RESOLUTION)
    };
    let heading = |lang: &str, title: &str, cover: &str, intro: &str| Heading {
        lang: lang.into(),
        title: title.into(),
        cover: cover.into(),
        intro: intro.into(),
    };
    let first = Edition {
        slug: Slug("12-1".into()),
        day: day("2026-11-28"),
        headings: vec![
            heading(
                "fa",
                "کنگرهٔ دوازدهم، روز ۱",
                "آن‌ها که نیامدند، نوشتند",
                "چهار پیام از *کسانی* که جایشان در سالن خالی است.",
            ),
            heading("en", "12th congress, day 1", "Those who could not come wrote", ""),
        ],
        items: vec![id(1), id(2), id(3), id(4), id(5)],
        paper: false,
    };
    let second = Edition {
        slug: Slug("12-2".into()),
        day: day("2026-11-30"),
        headings: vec![
            heading("fa", "کنگرهٔ دوازدهم، روز ۲", "کنگره پاسخ می‌دهد", ""),
            heading("en", "12th congress, day 2", "The congress answers", ""),
        ],
        items: vec![id(6)],
        paper: false,
    };
    let items = [letter, english, poem, voice_item, gone, resolution];
    let numbered = items.into_iter().zip(1u8..).map(|(item, number)| (id(number), clear(item)));
    Congress {
        bulletin: clear(bulletin()),
        editions: vec![(id(101), clear(first)), (id(102), clear(second))],
        items: numbered.collect(),
        media: vec![(picture, pixels), (voice, tone)],
    }
}

/// As many short items as are asked for, in editions of a hundred.
pub fn large(count: u32) -> Congress {
    let id = |number: u32| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        Hex(id)
    };
    let item = |number: u32| {
        let body = VOICE.repeat(1 + number as usize % 3);
        let title = format!("پیام شمارهٔ {number} از شهری که نامش گفته نمی‌شود");
        plain("fa", &format!("p{number}"), &title, &body)
    };
    let edition = |number: u32| Edition {
        slug: Slug(format!("e{number}")),
        day: day("2026-11-28"),
        headings: vec![Heading {
            lang: "fa".into(),
            title: format!("شمارهٔ {number}"),
            cover: String::new(),
            intro: String::new(),
        }],
        items: (number * 100..(number * 100 + 100).min(count)).map(id).collect(),
        paper: false,
    };
    let editions =
        (0..count.div_ceil(100)).map(|number| (id(1 << 31 | number), clear(edition(number))));
    Congress {
        bulletin: clear(bulletin()),
        editions: editions.collect(),
        items: (0..count).map(|number| (id(number), clear(item(number)))).collect(),
        media: vec![],
    }
}
