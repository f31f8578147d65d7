//! A text as words, each with its place.

use super::letters::{Class, Classes, expansion, push_folded};

/// The most pieces that are also given joined.
pub(super) const JOINED: usize = 4;

/// The most characters of a word, joined or not; the rest is not compared.
const LONGEST: usize = 64;

/// How many digits groups set apart by spaces must have to be one number: those of telephones.
const NUMBER: std::ops::RangeInclusive<u32> = 7..=15;

/// The folded pieces of a chain are forgotten when they are longer than this, in bytes.
const KEPT: usize = 2_048;

/// A word of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The word, folded; at most 64 characters.
    pub word: String,
    /// Where it begins in the original text, in bytes.
    pub start: usize,
    /// Where it ends in the original text, in bytes.
    pub end: usize,
    /// Its position, counted in written pieces from 0.
    pub place: u32,
    /// How many pieces it spans: 1, but 2 to 4 for joined forms.
    pub width: u32,
}

/// What stands between two pieces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Nothing yet, or only what is not seen.
    None,
    Zwnj,
    Hyphen,
    Comma,
    Space,
    Broken,
}

/// A written piece of a word.
#[derive(Clone, Copy)]
struct Piece {
    /// Its folded letters, as a range of `Chain::folded`.
    from: usize,
    to: usize,
    /// Its range of the original.
    start: usize,
    end: usize,
    /// How many digits it has, if it has nothing else.
    digits: Option<u32>,
    /// Whether it may be joined to the piece before it whatever its length.
    firm: bool,
}

/// The last pieces that may be joined to what comes next.
struct Chain<F> {
    folded: String,
    pieces: Vec<Piece>,
    open: Option<Open>,
    link: Link,
    place: u32,
    each: F,
}

/// A piece being read.
struct Open {
    from: usize,
    start: usize,
    end: usize,
    chars: usize,
    numeric: bool,
    alone: bool,
}

/// Calls `each(word, start, end, place, width)` for every word of `text`: the folded word (at most
/// 64 characters), its bytes in `text`, its place counted in written pieces, and how many pieces it
/// spans.
///
/// Each piece comes in order with width 1, followed by the joined forms that end with it, of two to
/// four pieces: of words with ZWNJ, hyphen, underscore or apostrophe inside, of digits with `-`,
/// `٬` or `,` between groups, and of groups of digits with single spaces or dots between them that
/// have 7 to 15 digits together. Emoji and characters of Chinese and Japanese are a word each.
pub fn each_token(text: &str, each: impl FnMut(&str, usize, usize, u32, u32)) {
    let classes = Classes::get();
    let mut chain = Chain {
        folded: String::with_capacity(128),
        pieces: Vec::with_capacity(JOINED),
        open: None,
        link: Link::Broken,
        place: 0,
        each,
    };
    for (at, c) in text.char_indices() {
        chain.add(classes.of(c), c, (at, at + c.len_utf8()));
    }
    chain.close();
}

impl<F: FnMut(&str, usize, usize, u32, u32)> Chain<F> {
    /// Goes on by one character of the original, at the bytes `range`.
    #[inline]
    fn add(&mut self, class: Class, c: char, range: (usize, usize)) {
        match class {
            Class::Letter(letter) => self.push(letter, false, range),
            Class::Digit(digit) => self.push(digit, true, range),
            Class::Many => expansion(c).chars().for_each(|c| self.push(c, false, range)),
            Class::Solo(letter) => self.push_alone(letter, range),
            Class::Mark => {
                if let Some(piece) = &mut self.open {
                    piece.end = range.1;
                }
            }
            Class::Hidden => {}
            _ => {
                self.close();
                self.separate(class);
            }
        }
    }

    /// Adds one folded character to the open piece.
    #[inline]
    fn push(&mut self, c: char, digit: bool, (start, end): (usize, usize)) {
        if self.open.as_ref().is_some_and(|piece| piece.alone) {
            self.close();
        }
        if self.open.is_none() {
            self.begin();
        }
        let from = self.folded.len();
        let new = || Open { from, start, end, chars: 0, numeric: true, alone: false };
        let piece = self.open.get_or_insert_with(new);
        piece.end = end;
        piece.numeric &= digit;
        if piece.chars < LONGEST {
            piece.chars += 1;
            self.folded.push(c);
        }
    }

    /// Adds a character that is a piece by itself; only marks may follow it there.
    fn push_alone(&mut self, c: char, range: (usize, usize)) {
        self.close();
        self.link = Link::Broken;
        self.push(c, false, range);
        if let Some(piece) = &mut self.open {
            piece.alone = true;
        }
    }

    /// Forgets the pieces that what is coming cannot be joined to.
    #[inline]
    fn begin(&mut self) {
        if self.link == Link::Broken {
            self.pieces.clear();
            self.folded.clear();
            return;
        }
        if self.pieces.len() == JOINED {
            self.pieces.remove(0);
        }
        let unused = self.pieces.first().map_or(self.folded.len(), |piece| piece.from);
        if unused > KEPT {
            self.folded.drain(..unused);
            for piece in &mut self.pieces {
                piece.from -= unused;
                piece.to -= unused;
            }
        }
    }

    /// Notes a character between two pieces.
    #[inline]
    fn separate(&mut self, class: Class) {
        let link = match class {
            Class::Zwnj if self.link == Link::None => Link::Zwnj,
            Class::Zwnj => return,
            Class::Hyphen => Link::Hyphen,
            Class::Comma if self.ends_in_number() => Link::Comma,
            Class::Space if self.ends_in_number() => Link::Space,
            _ => Link::Broken,
        };
        let first = matches!(self.link, Link::None | Link::Zwnj);
        self.link = if first { link } else { Link::Broken };
    }

    fn ends_in_number(&self) -> bool {
        self.pieces.last().is_some_and(|piece| piece.digits.is_some())
    }

    /// Ends the open piece: gives it, and its joined forms.
    #[inline]
    fn close(&mut self) {
        let Some(Open { from, start, end, numeric, alone, .. }) = self.open.take() else {
            return;
        };
        let to = self.folded.len();
        let digits = numeric.then(|| u32::try_from(to - from).unwrap_or(u32::MAX));
        (self.each)(&self.folded[from..to], start, end, self.place, 1);
        let firm = match self.link {
            Link::None | Link::Zwnj | Link::Hyphen => true,
            Link::Comma => digits.is_some(),
            Link::Space | Link::Broken => false,
        };
        let last = Piece { from, to, start, end, digits, firm };
        if self.link != Link::Broken {
            self.join(last);
        }
        self.pieces.push(last);
        self.place = self.place.saturating_add(1);
        self.link = if alone { Link::Broken } else { Link::None };
    }

    /// Gives the joined forms that end with `last`, the shortest first.
    fn join(&mut self, last: Piece) {
        let (mut firm, mut digits, mut width) = (true, last.digits, 1);
        let mut after = last;
        for piece in self.pieces.iter().rev().take(JOINED - 1) {
            firm &= after.firm;
            digits = digits.zip(piece.digits).map(|(all, more)| all.saturating_add(more));
            width += 1;
            after = *piece;
            if !firm && digits.is_none() {
                return;
            }
            if firm || digits.is_some_and(|count| NUMBER.contains(&count)) {
                let word = cut(&self.folded[piece.from..last.to]);
                let place = self.place.saturating_sub(width - 1);
                (self.each)(word, piece.start, last.end, place, width);
            }
        }
    }
}

/// The first 64 characters.
pub(super) fn cut(word: &str) -> &str {
    if word.len() <= LONGEST {
        return word;
    }
    word.char_indices().nth(LONGEST).map_or(word, |(end, _)| &word[..end])
}

/// The words of `text` by their place, and where several begin at one, the narrowest first. What
/// they are, [`each_token`] says.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    each_token(text, |word, start, end, place, width| {
        tokens.push(Token { word: word.to_owned(), start, end, place, width });
    });
    tokens.sort_by_key(|token| (token.place, token.width));
    tokens
}

/// All of `text` as one word in the form words are compared in: its letters, digits and emoji,
/// folded and not cut. Spaces, joiners and signs are dropped, so that labels of several words are
/// compared as readers see them.
pub fn fold_word(text: &str) -> String {
    let classes = Classes::get();
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| push_folded(classes, c, &mut folded));
    folded
}
