//! What the store keeps of a record.

use payamgir_open::OpenError;
use payamgir_text::{Lang, bytewords, digits};
use payamgir_wire::entry::Malformed;
use payamgir_wire::{Attachment, Channel, Dropbox, Entry, Part};
use payamgir_work::Signed;
use zeroize::Zeroizing;

use super::sketch::{SKETCH, Sketch};
use crate::opening::Trouble;

/// A record, opened.
pub enum Held {
    /// A part of a submission.
    Part(Entry),
    /// An event of desk work, and whether its signature fits.
    Work(Signed, bool),
    /// What cannot be read.
    Trouble(Trouble),
    /// A record of the log's own, or of the roster's.
    Other,
}

/// Bytes of a [`Meta`].
pub(super) const META_BYTES: usize = 80;

/// What the lists show of a record, without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// What it is.
    pub class: Class,
    /// The line broke: only the beginning is here.
    pub cut: bool,
    /// How it came.
    pub channel: Channel,
    /// What it seems to be written in.
    pub spoken: Spoken,
    /// Its submission's group.
    pub group: [u8; 16],
    /// Its place in the submission.
    pub index: u32,
    /// The place of the part that it is a newer version of.
    pub revises: Option<u32>,
    /// When it came, in unix seconds.
    pub arrived: u64,
    /// Characters of a text, bytes of an attachment.
    pub size: u64,
    /// The text's words.
    pub sketch: Sketch,
    /// Whether it names an alias.
    pub alias: bool,
    /// Whether the record is of the kind of desk work, readable or not.
    pub work: bool,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Class {
    /// Nothing for the lists.
    None = 0,
    /// A text.
    Text = 1,
    /// An attachment whose stated type is a picture's.
    Image = 2,
    /// A sound's.
    Audio = 3,
    /// A film's.
    Video = 4,
    /// Another's.
    Document = 5,
    /// The source asks for a deletion.
    Deletion = 6,
    /// What the channel could not read.
    Unreadable = 7,
    /// A kind of part that this version does not know.
    Unknown = 8,
    /// An event of desk work.
    Work = 9,
    /// Erased.
    Erased = 10,
    /// Not given by the server, and nothing says why.
    Withheld = 11,
    /// Not what the log describes.
    Altered = 12,
    /// Sealed to another key, or damaged.
    Sealed = 13,
    /// Of another version.
    Version = 14,
    /// What became of a reply.
    Outcome = 15,
    /// A file kept to go with a reply.
    Kept = 16,
}

/// What a text seems to be written in, by its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Spoken {
    /// No letters that tell.
    #[default]
    Unknown = 0,
    /// Persian letters.
    Persian = 1,
    /// Arabic letters and none that only Persian has.
    Arabic = 2,
    /// Latin letters.
    Latin = 3,
}

const CLASSES: [Class; 17] = [
    Class::None,
    Class::Text,
    Class::Image,
    Class::Audio,
    Class::Video,
    Class::Document,
    Class::Deletion,
    Class::Unreadable,
    Class::Unknown,
    Class::Work,
    Class::Erased,
    Class::Withheld,
    Class::Altered,
    Class::Sealed,
    Class::Version,
    Class::Outcome,
    Class::Kept,
];

const CHANNELS: [Channel; 7] = [
    Channel::Unknown,
    Channel::Web,
    Channel::Telegram,
    Channel::Signal,
    Channel::Whatsapp,
    Channel::Instagram,
    Channel::Carried,
];

impl Class {
    /// Whether it is a part of a submission.
    pub fn is_part(self) -> bool {
        (Self::Text as u8..=Self::Unknown as u8).contains(&(self as u8))
    }

    /// Whether it is an attachment.
    pub fn is_attachment(self) -> bool {
        matches!(self, Self::Image | Self::Audio | Self::Video | Self::Document)
    }

    /// Whether it is a record that cannot be read, of which nothing is known.
    pub fn is_trouble(self) -> bool {
        (Self::Erased as u8..=Self::Version as u8).contains(&(self as u8))
    }

    fn of(part: &Part) -> Self {
        match part {
            Part::Text(_) => Self::Text,
            Part::Attachment(attachment) => Self::of_attachment(attachment),
            Part::Deletion(_) => Self::Deletion,
            Part::Unreadable(_) => Self::Unreadable,
            Part::Unknown => Self::Unknown,
            Part::Outcome(_) => Self::Outcome,
            Part::Kept(_) => Self::Kept,
        }
    }

    /// By the type its sender's program stated, or by its name's ending: for the lists only, nothing
    /// is done by it.
    fn of_attachment(attachment: &Attachment) -> Self {
        let ending = attachment.name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        match (attachment.media_type.split('/').next(), ending.as_deref()) {
            (Some("image"), _) => Self::Image,
            (Some("audio"), _) => Self::Audio,
            (Some("video"), _) => Self::Video,
            (_, Some("jpg" | "jpeg" | "png" | "webp" | "gif" | "heic")) => Self::Image,
            (_, Some("ogg" | "oga" | "opus" | "mp3" | "m4a" | "wav")) => Self::Audio,
            (_, Some("mp4" | "mov" | "webm" | "3gp" | "mkv")) => Self::Video,
            _ => Self::Document,
        }
    }

    fn of_trouble(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Erased => Self::Erased,
            Trouble::Withheld => Self::Withheld,
            Trouble::Altered => Self::Altered,
            Trouble::Sealed(_) => Self::Sealed,
            Trouble::Entry(_) => Self::Version,
        }
    }

    fn trouble(self) -> Trouble {
        match self {
            Self::Erased => Trouble::Erased,
            Self::Withheld => Trouble::Withheld,
            Self::Altered => Trouble::Altered,
            Self::Version => Trouble::Entry(Malformed::Json),
            _ => Trouble::Sealed(OpenError::NotForUs),
        }
    }
}

impl Meta {
    /// Nothing.
    pub(super) const NONE: Self = Self {
        class: Class::None,
        cut: false,
        channel: Channel::Unknown,
        spoken: Spoken::Unknown,
        group: [0; 16],
        index: 0,
        revises: None,
        arrived: 0,
        size: 0,
        sketch: Sketch { words: 0, small: [0; SKETCH] },
        alias: false,
        work: false,
    };

    /// Of a record; `sketch` of its text.
    pub(super) fn of(held: &Held, work: bool, sketch: Sketch) -> Self {
        let class = match held {
            Held::Part(entry) => return Self { work, ..Self::of_entry(entry, sketch) },
            Held::Work(..) => Class::Work,
            Held::Trouble(trouble) => Class::of_trouble(*trouble),
            Held::Other => Class::None,
        };
        Self { class, work, ..Self::NONE }
    }

    fn of_entry(entry: &Entry, sketch: Sketch) -> Self {
        let (size, spoken, cut) = match &entry.part {
            Part::Text(text) => (text.chars().count() as u64, spoken(text), false),
            Part::Attachment(attachment) => (attachment.size, Spoken::Unknown, attachment.cut),
            _ => (0, Spoken::Unknown, false),
        };
        Self {
            class: Class::of(&entry.part),
            cut,
            channel: entry.channel,
            spoken,
            group: entry.group.0,
            index: entry.index,
            revises: entry.revises,
            arrived: entry.arrived,
            size,
            sketch,
            alias: entry.alias.is_some() || dropbox(entry).is_some(),
            work: false,
        }
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let channel = CHANNELS.iter().position(|known| *known == self.channel).unwrap_or(0);
        let bits = [self.cut, self.alias, self.work];
        let flags = bits.iter().rev().fold(0, |flags, bit| flags << 1 | u8::from(*bit));
        out.extend([self.class as u8, flags, channel as u8, self.spoken as u8]);
        out.extend(self.index.to_le_bytes());
        out.extend(self.revises.unwrap_or(u32::MAX).to_le_bytes());
        out.extend([0; 4]);
        out.extend(self.group);
        out.extend(self.arrived.to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend(self.sketch.words.to_le_bytes());
        self.sketch.small.iter().for_each(|small| out.extend(small.to_le_bytes()));
    }

    pub(super) fn decode(bytes: &[u8; META_BYTES]) -> Option<Self> {
        let u32_at = |at: usize| u32::from_le_bytes(std::array::from_fn(|n| bytes[at + n]));
        let u64_at = |at: usize| u64::from_le_bytes(std::array::from_fn(|n| bytes[at + n]));
        let small =
            std::array::from_fn(|n| u16::from_le_bytes([bytes[56 + 2 * n], bytes[57 + 2 * n]]));
        Some(Self {
            class: *CLASSES.get(usize::from(bytes[0]))?,
            cut: bytes[1] & 1 != 0,
            alias: bytes[1] & 2 != 0,
            work: bytes[1] & 4 != 0,
            channel: *CHANNELS.get(usize::from(bytes[2]))?,
            spoken: match bytes[3] {
                1 => Spoken::Persian,
                2 => Spoken::Arabic,
                3 => Spoken::Latin,
                _ => Spoken::Unknown,
            },
            index: u32_at(4),
            revises: Some(u32_at(8)).filter(|at| *at != u32::MAX),
            group: std::array::from_fn(|n| bytes[16 + n]),
            arrived: u64_at(32),
            size: u64_at(40),
            sketch: Sketch { words: u64_at(48), small },
        })
    }
}

impl Held {
    /// The bytes that are kept.
    pub(super) fn encode(self) -> Zeroizing<Vec<u8>> {
        let tagged = |tag: u8, bytes: &[u8]| Zeroizing::new([&[tag], bytes].concat());
        match self {
            Self::Part(entry) => match entry.encode() {
                Ok(bytes) => tagged(1, &bytes),
                Err(error) => tagged(3, &[Class::of_trouble(Trouble::Entry(error)) as u8]),
            },
            Self::Work(signed, verified) => {
                tagged(2, &[&[u8::from(verified)], &signed.encode()[..]].concat())
            }
            Self::Trouble(trouble) => tagged(3, &[Class::of_trouble(trouble) as u8]),
            Self::Other => tagged(0, &[]),
        }
    }

    /// Reads kept bytes; `None` where they are none.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (tag, rest) = bytes.split_first()?;
        match tag {
            0 => Some(Self::Other),
            1 => Entry::decode(rest).ok().map(Self::Part),
            2 => {
                let (verified, rest) = rest.split_first()?;
                Some(Self::Work(Signed::decode(rest).ok()?, *verified == 1))
            }
            3 => {
                let class = CLASSES.get(usize::from(*rest.first()?))?;
                Some(Self::Trouble(class.trouble()))
            }
            _ => None,
        }
    }
}

/// By the letters: those that only Persian has decide between it and Arabic.
fn spoken(text: &str) -> Spoken {
    let (mut latin, mut arabic, mut persian) = (0u32, 0u32, 0u32);
    for c in text.chars().take(2000) {
        match c {
            'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' => persian += 1,
            'ا'..='ي' | 'آ' => arabic += 1,
            'a'..='z' | 'A'..='Z' => latin += 1,
            _ => {}
        }
    }
    match (latin > persian + arabic, persian * 20 > arabic, persian + arabic + latin) {
        (_, _, 0) => Spoken::Unknown,
        (true, _, _) => Spoken::Latin,
        (false, true, _) => Spoken::Persian,
        (false, false, _) => Spoken::Arabic,
    }
}

/// Where answers to a codename go, where this part's source has one.
pub(crate) fn dropbox(entry: &Entry) -> Option<&Dropbox> {
    entry.origin.as_ref()?.dropbox.as_ref()
}

/// What a source is called: its alias, or two words and a number made of its dropbox.
pub(crate) fn called(entry: &Entry) -> Option<String> {
    let made = |dropbox: &Dropbox| {
        let [a, b, c, d, ..] = dropbox.id.0;
        let [a, b] = [a, b].map(|byte| bytewords::word(byte, Lang::Fa));
        format!("{a} {b} {}", digits::localize(&u16::from_be_bytes([c, d]).to_string(), Lang::Fa))
    };
    entry.alias.as_ref().map(|alias| alias.to_string()).or_else(|| dropbox(entry).map(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metas_come_back() {
        for (n, class) in CLASSES.into_iter().enumerate() {
            assert_eq!(class as usize, n);
            let meta = Meta {
                class,
                cut: n % 2 == 0,
                alias: n % 3 == 0,
                work: n % 5 == 0,
                channel: CHANNELS[n % CHANNELS.len()],
                spoken: Spoken::Arabic,
                group: [n as u8; 16],
                index: 7,
                revises: (n % 2 == 1).then_some(3),
                arrived: 1_763_800_000,
                size: u64::MAX - 1,
                sketch: Sketch { words: 9, small: std::array::from_fn(|at| at as u16) },
            };
            let mut bytes = vec![];
            meta.encode(&mut bytes);
            assert_eq!(Meta::decode(bytes.as_array().unwrap()), Some(meta));
        }
        assert_eq!(Meta::decode(&[99; META_BYTES]), None);
    }

    #[test]
    fn letters_tell_what_is_spoken() {
        let table = [
            ("سلام، می‌خواهم چیزی بگویم", Spoken::Persian),
            ("السلام عليكم ورحمة الله", Spoken::Arabic),
            ("Good morning", Spoken::Latin),
            ("من iPhone دارم و می‌نویسم", Spoken::Persian),
            ("12:30 🙂", Spoken::Unknown),
        ];
        for (text, expected) in table {
            assert_eq!(spoken(text), expected, "{text}");
        }
    }
}
