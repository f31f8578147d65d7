//! Copies without what they say about their maker.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::through::{Most, through};
use super::tools::{self, Tool};
use super::{Tee, Workshop};
use crate::worker::Job;
use crate::{Class, Fact, HEAD_BYTES, Kind, Refusal, sniff};

/// The size limit to take where there is no reason for another: 512 MiB.
pub const CLEAN_BYTES: u64 = 512 << 20;

/// What became of a copy.
#[derive(Debug)]
pub struct Cleaned {
    /// What the copy is: not always the original's kind.
    pub kind: Kind,
    /// Its size in bytes.
    pub size: u64,
    /// Whether the original moved and the copy does not: of moving images only the first frame
    /// is kept.
    pub stilled: bool,
    /// What the copy still says, by the same look as before; the refusal where nobody could look.
    pub left: Result<Vec<Fact>, Refusal>,
}

impl Workshop {
    /// Writes a copy of the file that `input` is to `out`, without what it says about its maker,
    /// and looks at the copy once more.
    ///
    /// JPEG, PNG, WebP and GIF are drawn anew at full size by a worker, from at most
    /// [`crate::PICTURE_BYTES`]. MP4, MOV, M4A and WebM are copied stream by stream by ffmpeg;
    /// OGG, MP3, WAV, PDF, DOCX and ODT are cleaned by mat2. A PDF's pages become images: its
    /// text can no longer be searched. HEIC is refused: there is no decoder here, and no tool
    /// that takes all from it. At most `most` bytes of input, and twice that and 64 MiB of copy
    /// (a PDF's images need more than its text), within `deadline`.
    ///
    /// What is seen or heard in it stays: faces, voices, words, the pattern of a sensor; and what
    /// an encoder wrote into the stream itself.
    ///
    /// # Errors
    ///
    /// Any [`Refusal`]. What `out` has got until then is to be thrown away.
    pub fn clean(
        &self,
        input: &mut (impl Read + Send),
        out: &mut (dyn Write + Send),
        most: u64,
        deadline: Duration,
    ) -> Result<Cleaned, Refusal> {
        let until = Instant::now() + deadline;
        let head = head(input)?;
        let kind = sniff(&head);
        let mut input = head.as_slice().chain(input);
        if kind.class() == Class::Image {
            return self.publish(&mut input, out, most, until);
        }
        self.treat(kind, &mut input, out, most, until)
    }

    /// An image, drawn anew.
    fn publish(
        &self,
        input: &mut (impl Read + Send),
        out: &mut (dyn Write + Send),
        most: u64,
        until: Instant,
    ) -> Result<Cleaned, Refusal> {
        let mut limited = input.take(most.saturating_add(1));
        let painted = self.paint(Job::Publish, &mut limited, until);
        if limited.limit() == 0 {
            return Err(Refusal::TooLarge);
        }
        let picture = painted?;
        out.write_all(&picture.bytes)
            .and_then(|()| out.flush())
            .map_err(|_| Refusal::Interrupted)?;
        Ok(Cleaned {
            kind: picture.kind,
            size: picture.bytes.len() as u64,
            stilled: picture.moved,
            left: self.facts_until(&mut picture.bytes.as_slice(), until),
        })
    }

    /// Anything else, by a tool. The facts are read from the copy while it is written.
    fn treat(
        &self,
        kind: Kind,
        input: &mut (impl Read + Send),
        out: &mut (dyn Write + Send),
        most: u64,
        until: Instant,
    ) -> Result<Cleaned, Refusal> {
        let command = Tool::of(kind)?.command(kind, most)?;
        let (mut look, second) = std::io::pipe().map_err(|_| Refusal::NoSandbox)?;
        thread::scope(|scope| {
            let left = scope.spawn(move || self.facts_until(&mut look, until));
            let mut counted = Counted { to: out, sum: 0 };
            let limits = Most { input: most, out: most.saturating_mul(2).saturating_add(64 << 20) };
            let mut tee = Tee { first: &mut counted, second: Some(second) };
            let ended = through(command, input, &mut tee, limits, until);
            // The end of the copy, for whoever looks at it.
            drop(tee);
            let left = left.join().unwrap_or(Err(Refusal::Crashed));
            let ended = ended?;
            if !ended.success() {
                return Err(tools::refusal(ended.code()));
            }
            let left = left.map(|all| all.into_iter().filter(|fact| !is_ours(fact)).collect());
            Ok(Cleaned { kind, size: counted.sum, stilled: false, left })
        })
    }
}

/// Whether a fact is the mark of the tool that made the copy, the same in every copy: ffmpeg's, asked
/// to say nothing of its version.
fn is_ours(fact: &Fact) -> bool {
    fact.kind == crate::FactKind::Software && fact.value == "Lavf"
}

/// The first bytes, as many as are there.
fn head(input: &mut impl Read) -> Result<Vec<u8>, Refusal> {
    let mut head = vec![];
    let taken = input.take(HEAD_BYTES as u64).read_to_end(&mut head);
    taken.map(|_| head).map_err(|_| Refusal::Interrupted)
}

struct Counted<'a> {
    to: &'a mut (dyn Write + Send),
    sum: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.sum += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
